using System.Text.Json;
using StatHub.Cli.Output;
using StatHub.Tests.Memory;
using StatHub.Tests.Server;

namespace StatHub.Tests.Cli;

public sealed class VerifyCommandTests : IClassFixture<ServedApi>
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;

    public VerifyCommandTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        // The command waits between two questions.
        _stathub.Time = TimeProvider.System;
        served.Api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon), JournalLine.Of("demo", "home", StatHubApi.Noon));
    }

    [Fact]
    public async Task A_store_that_agrees_with_itself_ends_with_0()
    {
        (await _stathub.RunAsync("verify", "--tenant", "demo", "--from", "2026-01-01", "--to", "2027-01-01")).Should().Be(0, _stathub.Error);
        _stathub.Lines.Should().Equal("2 hits on 1 days of 1 tenants: everything agrees.");
    }

    [Fact]
    public async Task Differences_are_listed_and_end_with_1()
    {
        _served.Api.Store.LoseHit();

        (await _stathub.RunAsync("verify")).Should().Be(1);
        _stathub.Lines.Should().Equal(
            "1 hits on 1 days of 1 tenants: 1 differences.",
            "Tenant  Day  Key  What                         Expected  Found",
            "demo    –    –    counted lines in the ledger  1         2");
    }

    [Fact]
    public async Task Json_is_that_of_the_job()
    {
        (await _stathub.RunAsync("verify", "--json")).Should().Be(0, _stathub.Error);
        JsonDocument.Parse(_stathub.Output).RootElement.GetProperty("verified").GetProperty("clean").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task A_tenant_that_there_is_not_is_told()
    {
        (await _stathub.RunAsync("verify", "--tenant", "nobody")).Should().Be(1);
        _stathub.Error.Should().Contain("tenant: There is no such tenant.");
    }

    [Fact]
    public async Task Jobs_are_listed_and_cancelled()
    {
        await _stathub.RunAsync("verify", "--tenant", "demo");
        (await _stathub.RunAsync("job", "list")).Should().Be(0, _stathub.Error);
        _stathub.Lines[0].Should().StartWith("Job  Kind    Tenant  State");
        _stathub.Lines[1].Should().MatchRegex(@"^ +\d+  verify  demo    done   100 %  2026-03-01 12:00:30Z");
        var job = _stathub.Lines[1].Trim().Split(' ')[0];
        (await _stathub.RunAsync("job", "cancel", job)).Should().Be(0);
        (await _stathub.RunAsync("job", "cancel", "99999")).Should().Be(1);
    }

    [Fact]
    public async Task A_terminal_sees_how_far_it_is()
    {
        _stathub.Terminal = new Terminal(100, HasColor: true);
        (await _stathub.RunAsync("verify")).Should().Be(0, _stathub.Error);
        _stathub.Error.Should().Contain("verify");
    }
}
