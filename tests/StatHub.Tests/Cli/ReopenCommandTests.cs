using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class ReopenCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public ReopenCommandTests(ServedApi served) => (_served, _stathub) = (served, served.CommandLine());

    [Fact]
    public async Task A_cut_is_told()
    {
        _served.Api.Journal.Write(JournalLine.Of("demo", "home", StatHubApi.Noon));

        (await _stathub.RunAsync("reopen")).Should().Be(0, _stathub.Error);
        _stathub.Output.Should().MatchRegex(@"^hits-2026-03-01-10-00\.log, \d+ B, nginx was signalled\.\n$");
    }

    [Fact]
    public async Task An_empty_journal_is_no_failure()
    {
        (await _stathub.RunAsync("reopen")).Should().Be(0);
        _stathub.Output.Trim().Should().Be("Nothing was cut. The live file is empty.");

        (await _stathub.RunAsync("reopen", "--json")).Should().Be(0);
        _stathub.Output.Should().Be("""{"file":null,"bytes":0,"signalled":false,"detail":"The live file is empty."}""" + "\n");
    }

    [Fact]
    public async Task An_nginx_that_cannot_be_signalled_is_a_failure()
    {
        _served.Api.Journal.SignalFailure = "There is no nginx.";

        (await _stathub.RunAsync("reopen")).Should().Be(1);
        _stathub.Error.Trim().Should().Be("nginx could not be signalled. There is no nginx.");
    }
}
