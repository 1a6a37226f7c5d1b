using StatHub.Cli.Output;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class TopCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public TopCommandTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        Ingest(6, "d.plan=gold&tv=2.5");
        Ingest(3, "d.plan=free&tv=-1", userAgent: "curl/8.14.1");
        Ingest(1, "d.plan=%E2%80%AEteam", key: "a b");
        Ingest(4, "");
    }

    [Fact]
    public async Task People_see_values_with_their_share_and_the_rest_as_other()
    {
        (await _stathub.RunAsync("top", "demo", "d.plan", "--limit", "2")).Should().Be(0, _stathub.Error);

        _stathub.Lines.Should().Equal(
            "d.plan   Hits   Share  Bots  Value",
            "gold        6  60.0 %     0     15",
            "free        3  30.0 %     3     -3",
            "(other)     1  10.0 %     0      1");
        _stathub.Error.Should().BeEmpty();
    }

    [Fact]
    public async Task A_terminal_that_is_wide_enough_has_bars_and_gets_no_control_characters()
    {
        _stathub.Terminal = new Terminal(60, HasColor: false);

        await _stathub.RunAsync("top", "demo", "d.plan");

        _stathub.Lines.Should().Equal(
            "d.plan      Hits   Share  Bots  Value",
            "gold           6  60.0 %     0     15  ███████████████████",
            "free           3  30.0 %     3     -3  █████████▌",
            "\\u202eteam     1  10.0 %     0      1  ███▏");
    }

    [Fact]
    public async Task The_key_the_range_and_the_order_are_those_that_were_asked()
    {
        await _stathub.RunAsync("top", "demo", "d.plan", "--key", "a b", "--last", "7d");
        _stathub.Lines.Skip(1).Should().ContainSingle().Which.Should().StartWith("\\u202eteam");

        await _stathub.RunAsync("top", "demo", "d.plan", "--sort", "bots", "--limit", "1");
        _stathub.Lines[1].Should().StartWith("free");

        await _stathub.RunAsync("top", "demo", "d.plan", "--yesterday");
        _stathub.Lines.Should().Equal("d.plan  Hits  Share  Bots  Value");
    }

    [Fact]
    public async Task Json_is_that_of_the_api()
    {
        (await _stathub.RunAsync("top", "demo", "d.plan", "--from", "2026-02-01", "--sort", "value", "--json")).Should().Be(0);

        _stathub.Output.Should().Be(await _served.GetAsync("/api/v1/tenants/demo/top/d.plan?from=2026-02-01&sort=value") + "\n");
    }

    [Fact]
    public async Task A_series_of_one_value_is_that_of_the_api()
    {
        await _stathub.RunAsync("series", "demo", "--from", "2026-02-27", "--dimension", "d.plan", "--name", "gold", "--json");

        _stathub.Output.Should().Contain("\"hits\":6")
            .And.Be(await _served.GetAsync("/api/v1/tenants/demo/series?from=2026-02-27&step=day&dimension=d.plan&name=gold") + "\n");
    }

    [Theory]
    [InlineData("top", "demo", "colour")]
    [InlineData("top", "demo", "d.")]
    [InlineData("top", "demo", "browser", "--limit", "0")]
    [InlineData("top", "demo", "browser", "--sort", "name")]
    [InlineData("top", "demo", "browser", "--key", "a/b")]
    [InlineData("top", "demo")]
    [InlineData("series", "demo", "--dimension", "browser")]
    [InlineData("series", "demo", "--name", "Firefox")]
    [InlineData("series", "demo", "--dimension", "colour", "--name", "red")]
    public async Task Wrong_usage_is_told_and_nothing_is_asked(params string[] args)
    {
        (await _stathub.RunAsync(args)).Should().Be(2);

        _stathub.Error.Should().NotBeEmpty();
        _stathub.Output.Should().BeEmpty();
    }

    private void Ingest(int hits, string args, string key = "home", string userAgent = "Mozilla/5.0") =>
        _served.Api.Store.Ingest(Enumerable.Repeat(JournalLine.Of("demo", key, StatHubApi.Noon, args, userAgent: userAgent), hits));
}
