using System.Net;
using System.Text.Json;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class TopTests : IClassFixture<StatHubApi>
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private readonly StatHubApi _api;

    public TopTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    [Fact]
    public async Task Top_lists_values_and_what_is_left_of_whole_utc_days()
    {
        _api.Store.Ingest(
        [
            Line(userAgent: Firefox), Line("tv=2.5", userAgent: Firefox), Line(userAgent: "curl/8.14.1"),
            JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(-1), userAgent: Firefox),
        ]);

        var answer = await _api.Client().GetStringAsync("/api/v1/tenants/demo/top/browser?from=2026-03-01T08:00:00Z&to=2026-03-01T13:00:00Z&limit=1");

        answer.Should().Be(
            """{"dimension":"browser","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z","asOf":"2026-03-01T12:00:30Z","values":[{"name":"Firefox","hits":2,"bots":0,"value":3.5}],"other":{"hits":1,"bots":1,"value":1},"error":0}""");
    }

    [Fact]
    public async Task Top_of_keys_and_of_an_own_dimension()
    {
        _api.Store.Ingest([Line("d.plan=gold"), Line("d.Plan=gold"), JournalLine.Of("demo", "über uns", StatHubApi.Noon, "d.plan=free")]);

        Names(await _api.JsonAsync("/api/v1/tenants/demo/top/key")).Should().Equal("home", "über uns");
        Names(await _api.JsonAsync("/api/v1/tenants/demo/top/d.plan")).Should().Equal("gold", "free");
        Names(await _api.JsonAsync("/api/v1/tenants/demo/keys/%C3%BCber%20uns/top/d.plan")).Should().Equal("free");
    }

    [Theory]
    [InlineData("hits", "a", "b", "c")]
    [InlineData("value", "c", "a", "b")]
    [InlineData("bots", "b", "a", "c")]
    public async Task Top_is_ordered_by_what_was_asked(string sort, params string[] expected)
    {
        _api.Store.Ingest(
        [
            .. Enumerable.Range(0, 3).Select(_ => Line("d.x=a", userAgent: Firefox)),
            Line("d.x=b&tv=0", userAgent: "curl/8.14.1"), Line("d.x=b&tv=0", userAgent: "curl/8.14.1"), Line("d.x=c&tv=99", userAgent: Firefox),
        ]);

        Names(await _api.JsonAsync($"/api/v1/tenants/demo/top/d.x?sort={sort}")).Should().Equal(expected);
    }

    [Theory]
    [InlineData("/top/colour", "dimension")]
    [InlineData("/top/d.", "dimension")]
    [InlineData("/keys/home/top/key", "dimension")]
    [InlineData("/top/browser?limit=0", "limit")]
    [InlineData("/top/browser?limit=1001", "limit")]
    [InlineData("/top/browser?sort=name", "sort")]
    [InlineData("/top/browser?step=day", "step")]
    [InlineData("/series?dimension=colour&name=x", "dimension")]
    [InlineData("/series?dimension=browser", "name")]
    [InlineData("/series?name=Firefox", "dimension")]
    [InlineData("/series?dimension=browser&name=Firefox&step=hour", "step")]
    [InlineData("/series?dimension=browser&name=Firefox&tz=Europe/Berlin", "tz")]
    public async Task A_bad_argument_is_named(string path, string field)
    {
        var answer = await _api.Client().GetAsync("/api/v1/tenants/demo" + path);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(field, out _).Should().BeTrue();
    }

    [Fact]
    public async Task A_series_counts_one_value_of_a_dimension()
    {
        _api.Store.Ingest(
        [
            Line(userAgent: Firefox), Line(userAgent: "curl/8.14.1"),
            JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(-2), "tv=4", userAgent: Firefox),
        ]);

        var answer = await _api.JsonAsync("/api/v1/tenants/demo/series?dimension=browser&name=Firefox&from=2026-02-27T09:00:00Z&to=2026-03-01T09:00:00Z");

        answer.GetProperty("from").GetString().Should().Be("2026-02-27T00:00:00Z");
        answer.GetProperty("to").GetString().Should().Be("2026-03-02T00:00:00Z");
        answer.GetProperty("points").EnumerateArray().Select(point => (point.GetProperty("hits").GetInt64(), point.GetProperty("value").GetDecimal()))
            .Should().Equal((1, 4m), (0, 0m), (1, 1m));
    }

    private static string Line(string args = "", string userAgent = Firefox) => JournalLine.Of("demo", "home", StatHubApi.Noon, args, userAgent: userAgent);

    private static IEnumerable<string?> Names(JsonElement answer) =>
        answer.GetProperty("values").EnumerateArray().Select(value => value.GetProperty("name").GetString());
}
