using System.Text.Json;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class CountCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public CountCommandTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        served.Api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=1234567.5"),
            JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=-0.25"),
            JournalLine.Of("demo", "über uns", StatHubApi.Noon.AddDays(-1)));
    }

    [Fact]
    public async Task The_overflow_key_is_asked_for_with_an_encoded_slash()
    {
        var store = _served.Api.Store;
        store.TryChange(store.Find(Core.Tenants.TenantId.Parse("demo"))! with { KeyLimit = 1 });
        store.Ingest(
            JournalLine.Of("demo", "a", StatHubApi.Noon), JournalLine.Of("demo", "b", StatHubApi.Noon), JournalLine.Of("demo", "%2Fother", StatHubApi.Noon));

        (await _stathub.RunAsync("count", "demo", "/other", "--json")).Should().Be(0, _stathub.Error);
        _stathub.Output.Should().Contain("\"key\":\"/other\"").And.Contain("\"hits\":3");
        (await _served.GetAsync("/api/v1/tenants/demo/keys/%252Fother/count")).Should().Contain("\"key\":\"%2Fother\"").And.Contain("\"hits\":0");
        (await _served.GetAsync("/api/v1/tenants/demo/keys")).Should().Contain("""{"key":"/other","hits":3,""");
    }

    [Fact]
    public async Task People_see_a_table()
    {
        (await _stathub.RunAsync("count", "demo", "home")).Should().Be(0, _stathub.Error);

        _stathub.Lines.Should().Equal(
            "demo/home",
            "hits                          2",
            "bots                          0",
            "value              1,234,567.25",
            "visitors                      1",
            "from          2026-03-01 00:00Z",
            "to                            –",
            "as of      2026-03-01 12:00:30Z");
        _stathub.Error.Should().BeEmpty();
    }

    [Theory]
    [InlineData("/api/v1/tenants/demo/count", "demo")]
    [InlineData("/api/v1/tenants/demo/keys/home/count", "demo", "home")]
    [InlineData("/api/v1/tenants/demo/keys/%C3%BCber%20uns/count?from=2026-02-01", "demo", "über uns", "--from", "2026-02-01")]
    [InlineData("/api/v1/tenants/demo/keys/a%252Fb%3F%23/count?fresh=true", "demo", "a%2Fb?#", "--fresh")]
    public async Task Json_is_that_of_the_api(string path, params string[] args)
    {
        (await _stathub.RunAsync(["count", .. args, "--json"])).Should().Be(0, _stathub.Error);

        _stathub.Output.Should().Be(await _served.GetAsync(path) + "\n");
        _stathub.Error.Should().BeEmpty();
    }

    [Theory]
    [InlineData("2026-03-01T00:00:00Z", null)]
    [InlineData("2026-03-01T00:00:00Z", null, "--today")]
    [InlineData("2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z", "--yesterday")]
    [InlineData("2026-03-01T10:30:00Z", null, "--last", "90m")]
    [InlineData("2026-02-28T12:00:00Z", null, "--last", "24h")]
    [InlineData("2026-03-01T00:00:00Z", null, "--last", "1d")]
    [InlineData("2026-02-23T00:00:00Z", null, "--last", "7d")]
    [InlineData("2026-02-02T00:00:00Z", null, "--last", "4w")]
    [InlineData("2026-02-22T23:00:00Z", null, "--last", "7d", "--tz", "Europe/Berlin")]
    [InlineData("2026-03-01T11:00:00Z", null, "--today", "--tz", "Pacific/Auckland")]
    [InlineData("2026-02-27T11:00:00Z", "2026-02-28T12:00:00Z", "--from", "2026-02-28", "--to", "2026-02-28T12:00Z", "--tz", "Pacific/Auckland")]
    public async Task A_range_is_what_the_manual_says(string from, string? to, params string[] options)
    {
        (await _stathub.RunAsync(["count", "demo", .. options, "--json"])).Should().Be(0, _stathub.Error);

        var count = JsonDocument.Parse(_stathub.Output).RootElement;
        count.GetProperty("from").GetString().Should().Be(from);
        count.GetProperty("to").GetString().Should().Be(to);
    }

    [Theory]
    [InlineData("--last", "7")]
    [InlineData("--last", "7y")]
    [InlineData("--last", "0d")]
    [InlineData("--last", "-1d")]
    [InlineData("--last", "99999999999d")]
    [InlineData("--last", "7d", "--from", "2026-01-01")]
    [InlineData("--today", "--to", "2026-01-01")]
    [InlineData("--today", "--yesterday")]
    [InlineData("--tz", "Mars/Olympus")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    public async Task What_cannot_be_asked_is_wrong_usage(params string[] args)
    {
        (await _stathub.RunAsync(["count", "demo", .. args])).Should().Be(2);

        _stathub.Output.Should().BeEmpty();
        _stathub.Error.Should().Contain("See stathub count --help.").And.NotContain("   at ");
    }

    [Fact]
    public async Task What_the_service_refuses_is_told_with_each_field()
    {
        (await _stathub.RunAsync("count", "demo", "--from", "soon", "--to", "later")).Should().Be(1);

        _stathub.Output.Should().BeEmpty();
        _stathub.Error.Split(Environment.NewLine).Should().Equal(
            "The request has bad arguments.",
            "  from: It is a date such as 2026-03-01 or an instant such as 2026-03-01T10:00:00Z.",
            "  to: It is a date such as 2026-03-01 or an instant such as 2026-03-01T10:00:00Z.",
            "");
    }

    [Fact]
    public async Task An_answer_that_is_not_fresh_is_told()
    {
        _served.Api.Journal.IsReading = false;

        (await _stathub.RunAsync("count", "demo", "--fresh")).Should().Be(0);
        _stathub.Error.Should().StartWith("Not everything that was written is in the answer");
    }
}
