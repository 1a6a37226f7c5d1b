using System.Net;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class ClassicTests : IClassFixture<StatHubApi>
{
    private readonly StatHubApi _api;

    public ClassicTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
        _api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(-1), "n=1"),
            JournalLine.Of("demo", "home", StatHubApi.Noon, "n=2"),
            JournalLine.Of("demo", "shop", StatHubApi.Noon, "n=3"));
    }

    [Fact]
    public async Task Healthcheck_says_ok() => (await _api.Anonymous().GetStringAsync("/healthcheck")).Should().Be("\"OK\"");

    [Theory]
    [InlineData("", "1")]
    [InlineData("?start=2026-02-28", "2")]
    [InlineData("?start=2026-03-02", "0")]
    public async Task Statcount_is_a_number(string query, string expected) =>
        (await _api.Client().GetStringAsync("/statcount/demo/home" + query)).Should().Be(expected);

    [Fact]
    public async Task Statdata_is_the_series_of_days()
    {
        var series = await _api.JsonAsync("/statdata/demo/home?start=2026-02-27");

        series.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("hits").GetInt64()).Should().Equal(0, 1, 1);
        (await _api.JsonAsync("/statdata/demo/home?step=hour")).GetProperty("points").GetArrayLength().Should().Be(13);
    }

    [Fact]
    public async Task Rawlog_is_the_array_of_hits() =>
        (await _api.JsonAsync("/rawlog/demo/home?start=2026-02-01")).EnumerateArray().Select(hit => hit.GetProperty("args").GetString())
            .Should().Equal("n=1", "n=2");

    [Theory]
    [InlineData("/statcount/demo/home?start=yesterday", "start")]
    [InlineData("/statcount/demo/home?from=2026-01-01", "from")]
    [InlineData("/statdata/demo/home?start=2027-01-01", "to")]
    [InlineData("/statdata/demo/home?step=year", "step")]
    [InlineData("/rawlog/demo/home?start=1", "start")]
    public async Task Bad_arguments_are_told(string path, string argument)
    {
        var answer = await _api.Client().GetAsync(path);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
    }

    [Fact]
    public async Task Rawlog_answers_head_without_a_body()
    {
        var answer = await _api.Client().SendAsync(new HttpRequestMessage(HttpMethod.Head, "/rawlog/demo/home"));

        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        (await answer.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }
}
