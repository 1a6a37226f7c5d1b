using System.Text.Json;

namespace StatHub.Tests.Cli;

public sealed class RebuildCommandTests : IClassFixture<ServedApi>
{
    private readonly CommandLine _stathub;

    public RebuildCommandTests(ServedApi served)
    {
        _stathub = served.CommandLine();
        // The command waits between two questions.
        _stathub.Time = TimeProvider.System;
    }

    [Fact]
    public async Task It_tells_what_was_done()
    {
        (await _stathub.RunAsync("rebuild", "--tenant", "demo", "--from", "2026-01-01", "--to", "2027-01-01")).Should().Be(0, _stathub.Error);
        _stathub.Lines.Should().Equal("0 hits on 0 days of 0 tenants: 0 have another label, 0 sums of a day were replaced.");
    }

    [Fact]
    public async Task Json_is_that_of_the_job()
    {
        (await _stathub.RunAsync("rebuild", "--json")).Should().Be(0, _stathub.Error);
        var job = JsonDocument.Parse(_stathub.Output).RootElement;
        job.GetProperty("kind").GetString().Should().Be("rebuild");
        job.GetProperty("rebuilt").GetRawText().Should().Be("""{"tenants":0,"days":0,"hits":0,"relabelled":0,"replaced":0,"expiredDays":0,"problems":[]}""");
    }

    [Fact]
    public async Task A_tenant_that_there_is_not_is_told()
    {
        (await _stathub.RunAsync("rebuild", "--tenant", "nobody")).Should().Be(1);
        _stathub.Error.Should().Contain("tenant: There is no such tenant.");
    }
}
