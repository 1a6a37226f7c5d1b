using System.Text.Json;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class ExplainCommandTests : IClassFixture<ServedApi>
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public ExplainCommandTests(ServedApi served) => (_served, _stathub) = (served, served.CommandLine());

    [Fact]
    public async Task A_hit_is_taken_apart_and_found_among_the_raw_hits()
    {
        var line = JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=2.5&d.plan=gold", userAgent: Firefox, referrer: "https://www.google.com/");
        _served.Api.Store.Ingest(line, JournalLine.Of("demo", "home", StatHubApi.Noon, userAgent: Firefox), JournalLine.Of("demo", "a", StatHubApi.Noon));

        (await _stathub.RunAsync("explain", line)).Should().Be(0, _stathub.Error);

        _stathub.Lines.Should().Equal(
            "Outcome         counted", "why             It is a hit.", "tenant          demo", "key             home", "time            2026-03-01 12:00:30Z",
            "value           2.5", "bot             no", "raw hits of it  1", "browser         Firefox", "d.plan          gold", "device          desktop",
            "language        en", "os              Linux", "referrer        google.com", "referrer_path   google.com", "source          Google", "status          200");
    }

    [Fact]
    public async Task A_hit_that_was_not_counted_is_not_found()
    {
        _stathub.Input = JournalLine.Of("demo", "home", StatHubApi.Noon, userAgent: "curl/8.14.1") + "\n";

        (await _stathub.RunAsync("explain", "-", "--json")).Should().Be(0, _stathub.Error);
        var told = JsonDocument.Parse(_stathub.Output).RootElement;
        told.GetProperty("rawHits").GetInt32().Should().Be(0);
        told.GetProperty("bot").GetString().Should().Be("library");
    }

    [Theory]
    [InlineData("""{"tenant":"nobody","key":"home","msec":1772366430.1}""", "unknown_tenant", "Nobody registered its tenant.")]
    [InlineData("""{"tenant":"demo","key":"a/b","msec":1772366430.1}""", "bad_key", "Its key is not 1 to 128 bytes")]
    [InlineData("""{"tenant":"demo","key":"a","msec":1772366430.1,"args":"tv=1,5"}""", "bad_value", "Its tv is not")]
    [InlineData("""{"tenant":"demo","key":"a","msec":1972366430.1}""", "time_out_of_range", "24 hours ahead")]
    [InlineData("""{"tenant":"demo","ke""", "torn", "never written.")]
    [InlineData("""{"tenant":"demo","ke{"tenant":"demo","key":"a","msec":1772366430.1}""", "torn", "each piece has an outcome of its own.")]
    [InlineData("nonsense", "malformed", "not one JSON object")]
    [InlineData("""nonsense{"tenant":"demo","key":"a","msec":1772366430.1}""", "torn", "each piece has an outcome of its own.")]
    public async Task A_line_that_is_refused_is_told_why(string line, string outcome, string why)
    {
        (await _stathub.RunAsync("explain", line)).Should().Be(1, _stathub.Error);
        _stathub.Lines[0].Should().Be($"Outcome  {outcome}");
        _stathub.Output.Should().Contain(why);
    }

    [Fact]
    public async Task A_hit_whose_newline_is_missing_is_counted_and_said_to_be_glued()
    {
        (await _stathub.RunAsync("explain", """{"tenant":"demo","key":"a","msec":1772366430.1}{"tenant":"demo","ke""")).Should().Be(0, _stathub.Error);
        _stathub.Lines[0].Should().Be("Outcome         counted");
        _stathub.Output.Should().Contain("each piece has an outcome of its own.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task What_is_not_one_line_is_refused(string text)
    {
        (await _stathub.RunAsync("explain", text)).Should().Be(1);
        _stathub.Error.Should().Contain("It is one line of the journal.");
    }
}
