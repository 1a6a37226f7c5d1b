using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class SumsCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public SumsCommandTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        served.Api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon, "d.plan=gold&tv=2.5"),
            JournalLine.Of("demo", "home", StatHubApi.Noon, "d.plan=gold&tv=2000"),
            JournalLine.Of("demo", "a b", StatHubApi.Noon.AddDays(-1), "", userAgent: "curl/8.14.1"));
    }

    [Fact]
    public async Task People_see_a_row_for_each_combination_and_step()
    {
        (await _stathub.RunAsync("sums", "demo", "--by", "key,d.plan", "--last", "7d")).Should().Be(0, _stathub.Error);

        _stathub.Lines.Should().Equal(
            "Start (UTC)  key   d.plan  Hits  Bots    Value",
            "2026-02-28   a b   –          1     1        1",
            "2026-03-01   home  gold       2     0  2,002.5");
    }

    [Fact]
    public async Task A_month_and_a_key_can_be_asked()
    {
        await _stathub.RunAsync("sums", "demo", "--by", "d.plan", "--step", "month", "--key", "a b", "--last", "7d");

        _stathub.Lines.Should().Equal("Start (UTC)  d.plan  Hits  Bots  Value", "2026-02      –          1     1      1");
    }

    [Fact]
    public async Task Json_is_that_of_the_api()
    {
        (await _stathub.RunAsync("sums", "demo", "--by", "browser,key", "--from", "2026-02-01", "--json")).Should().Be(0);

        _stathub.Output.Should().Be(await _served.GetAsync("/api/v1/tenants/demo/sums?from=2026-02-01&by=browser,key&step=day") + "\n");
    }

    [Theory]
    [InlineData("sums", "demo")]
    [InlineData("sums", "demo", "--by", "browser,colour")]
    [InlineData("sums", "demo", "--by", "browser", "--step", "week")]
    public async Task Wrong_usage_is_told_and_nothing_is_asked(params string[] args)
    {
        (await _stathub.RunAsync(args)).Should().Be(2);

        _stathub.Error.Should().NotBeEmpty();
        _stathub.Output.Should().BeEmpty();
    }
}
