using StatHub.Cli.Output;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class SeriesCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public SeriesCommandTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        foreach (var (day, hits) in new[] { (-1, 8), (-2, 1), (-4, 4000) })
            served.Api.Store.Ingest(Enumerable.Repeat(JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(day), "tv=0.5"), hits));
    }

    [Fact]
    public async Task People_see_a_row_for_each_bucket()
    {
        (await _stathub.RunAsync("series", "demo", "--last", "5d")).Should().Be(0, _stathub.Error);

        _stathub.Lines.Should().Equal(
            "Start (UTC)      Hits  Bots  Value  Visitors",
            "Wed 2026-02-25  4,000     0  2,000         1",
            "Thu 2026-02-26      0     0      0         0",
            "Fri 2026-02-27      1     0    0.5         1",
            "Sat 2026-02-28      8     0      4         1",
            "Sun 2026-03-01      0     0      0         0");
    }

    [Fact]
    public async Task A_terminal_that_is_wide_enough_has_bars()
    {
        _stathub.Terminal = new Terminal(62, HasColor: false);

        await _stathub.RunAsync("series", "demo", "home", "--last", "5d");

        _stathub.Lines.Should().Equal(
            "Start (UTC)      Hits  Bots  Value  Visitors",
            "Wed 2026-02-25  4,000     0  2,000         1  ██████████████",
            "Thu 2026-02-26      0     0      0         0",
            "Fri 2026-02-27      1     0    0.5         1  ▏",
            "Sat 2026-02-28      8     0      4         1  ▏",
            "Sun 2026-03-01      0     0      0         0");
    }

    [Fact]
    public async Task A_narrow_terminal_has_no_bars()
    {
        _stathub.Terminal = new Terminal(50, HasColor: false);

        await _stathub.RunAsync("series", "demo", "home", "--last", "5d");

        _stathub.Output.Should().NotContain("█");
        _stathub.Lines.Should().OnlyContain(line => line.Length <= 50).And.HaveCount(6);
    }

    [Fact]
    public async Task Rows_begin_on_the_clock_of_the_time_zone()
    {
        await _stathub.RunAsync(
            "series", "demo", "--from", "2026-03-29", "--to", "2026-03-29T02:00Z", "--step", "hour", "--tz", "Europe/Berlin");

        _stathub.Lines.Select(line => line[..20]).Should().Equal(
            "Start (Europe/Berlin", "Sun 2026-03-29 00:00", "Sun 2026-03-29 01:00", "Sun 2026-03-29 03:00");
    }

    [Fact]
    public async Task Only_a_terminal_with_colours_gets_escape_sequences()
    {
        _stathub.Terminal = new Terminal(80, HasColor: false);
        await _stathub.RunAsync("series", "demo");
        _stathub.Output.Should().NotContain("\x1b");

        _stathub.Terminal = new Terminal(80, HasColor: true);
        await _stathub.RunAsync("series", "demo");
        _stathub.Output.Should().Contain("\x1b[1mHits");
    }

    [Fact]
    public async Task Json_is_that_of_the_api()
    {
        (await _stathub.RunAsync("series", "demo", "home", "--from", "2026-02-01", "--step", "week", "--json")).Should().Be(0);

        _stathub.Output.Should().Be(await _served.GetAsync("/api/v1/tenants/demo/keys/home/series?from=2026-02-01&step=week") + "\n");
    }
}
