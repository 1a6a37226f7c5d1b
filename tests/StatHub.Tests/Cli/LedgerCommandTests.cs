using StatHub.Cli.Output;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class LedgerCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public LedgerCommandTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        served.Api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon),
            JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=x"),
            JournalLine.Of("nobody", "home", StatHubApi.Noon),
            JournalLine.Of("nobody", "shop", StatHubApi.Noon));
        served.Api.Journal.Write("{\"tenant\":\"demo\"");
    }

    [Fact]
    public async Task People_see_where_the_lines_went()
    {
        (await _stathub.RunAsync("ledger")).Should().Be(0, _stathub.Error);

        _stathub.Lines.Should().Equal(
            "Ledger                                  Lines",
            "counted                                     1",
            "refused: bad_value                          1",
            "refused: unknown_tenant                     2",
            "all                                         4",
            "",
            "not read yet                             17 B",
            "from                        2026-03-01 00:00Z",
            "to                                          –",
            "as of                    2026-03-01 12:00:30Z");
    }

    [Fact]
    public async Task Json_is_that_of_the_api()
    {
        await _stathub.RunAsync("ledger", "--tenant", "demo", "--from", "2026-02-01", "--json");
        _stathub.Output.Should().Be(await _served.GetAsync("/api/v1/ledger?from=2026-02-01&tenant=demo") + "\n");

        await _stathub.RunAsync("ledger", "rejected", "--limit", "2", "--json");
        _stathub.Output.Should().Be(await _served.GetAsync("/api/v1/ledger/rejected?limit=2") + "\n");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(40)]
    public async Task A_refused_line_is_only_text(int? width)
    {
        _stathub.Terminal = width is null ? null : new Terminal(width.Value, HasColor: true);
        _served.Api.Store.Ingest("[red]\x1b[2J\u202e");

        (await _stathub.RunAsync("ledger", "rejected", "--reason", "malformed")).Should().Be(0, _stathub.Error);

        _stathub.Lines.Should().HaveCount(2);
        _stathub.Lines[0].Should().StartWith(width is null ? "Reason     Settled" : "malformed, 2026-03-01 12:00:30Z, ");
        _stathub.Lines[1].Should().EndWith(@"  [red]\x1b[2J\u202e");
    }

    [Fact]
    public async Task Who_is_no_admin_sees_one_tenant_only()
    {
        _stathub.Environment["STATHUB_TOKEN"] = _served.Api.Token(TokenScopes.Read, "demo");

        (await _stathub.RunAsync("ledger", "--tenant", "demo")).Should().Be(0);
        (await _stathub.RunAsync("ledger")).Should().Be(1);
        _stathub.Error.Should().StartWith("The token may not do this.");
    }

    [Fact]
    public async Task An_unknown_reason_is_told_with_those_that_there_are()
    {
        (await _stathub.RunAsync("ledger", "rejected", "--reason", "luck")).Should().Be(1);
        _stathub.Error.Should().Contain("  reason: It is one of ").And.Contain("bad_value");
    }
}
