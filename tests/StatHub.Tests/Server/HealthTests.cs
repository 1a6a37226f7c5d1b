using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace StatHub.Tests.Server;

public sealed class HealthTests : IClassFixture<StatHubApi>
{
    private readonly StatHubApi _api;

    public HealthTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    [Theory]
    [InlineData("/healthz", """{"status":"alive"}""")]
    [InlineData("/readyz", """{"status":"ready"}""")]
    public async Task All_is_well(string path, string expected) =>
        (await _api.Anonymous().GetStringAsync(path)).Should().Be(expected);

    [Fact]
    public async Task What_is_wrong_with_the_journal_is_told()
    {
        _api.Journal.Problems = ["The cut failed: nginx did not reopen its log."];

        var answer = await _api.Anonymous().GetAsync("/readyz");

        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = await StatHubApi.JsonAsync(answer);
        problem.GetProperty("type").GetString().Should().Be("/problems/not-ready");
        problem.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString())
            .Should().Equal("The cut failed: nginx did not reopen its log.");
        (await _api.Anonymous().GetAsync("/healthz")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_lag_above_the_limit_is_told()
    {
        _api.Time.Now = StatHubApi.Noon.AddMinutes(5);
        (await _api.Anonymous().GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);

        _api.Time.Now = StatHubApi.Noon.AddMinutes(12);

        (await (await _api.Anonymous().GetAsync("/readyz")).Content.ReadAsStringAsync()).Should().Contain("12 minutes behind");
    }

    [Fact]
    public async Task A_full_disk_is_told()
    {
        using var api = new StatHubApi { Settings = { ["StatHub:Health:MinFreeBytes"] = long.MaxValue.ToString(null, null) } };

        (await (await api.Anonymous().GetAsync("/readyz")).Content.ReadAsStringAsync()).Should().Contain("disk of the data folder");
    }

    [Fact]
    public async Task A_database_that_turned_out_damaged_is_told()
    {
        using var api = new StatHubApi();
        var damage = api.Services.GetRequiredService<StatHub.Storage.Store>().Damage;
        damage.Note(new SqliteException("database or disk is full", 13));
        (await api.Anonymous().GetStringAsync("/metrics")).Should().Contain("stathub_database_damaged 0\n");

        damage.Note(new SqliteException("database disk image is malformed", 11));

        (await (await api.Anonymous().GetAsync("/readyz")).Content.ReadAsStringAsync()).Should().Contain("database disk image is malformed. Restart the service");
        (await api.Anonymous().GetStringAsync("/metrics")).Should().Contain("stathub_database_damaged 1\n");
    }

    [Fact]
    public async Task A_backlog_that_is_too_long_is_told()
    {
        using var api = new StatHubApi { Settings = { ["StatHub:Health:MaxPendingBytes"] = "99" } };
        (await api.Anonymous().GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);

        api.Journal.Write(new string('x', 99));

        (await (await api.Anonymous().GetAsync("/readyz")).Content.ReadAsStringAsync()).Should().Contain("100 bytes wait in the journal, more than 99.");
    }

    [Fact]
    public async Task The_disks_of_journal_and_segments_are_looked_at_too()
    {
        using var api = new StatHubApi { Settings = { ["StatHub:Health:MinFreeBytes"] = long.MaxValue.ToString(null, null) } };
        Directory.CreateDirectory(Path.Combine(api.Folder, "journal"));
        Directory.CreateDirectory(Path.Combine(api.Folder, "segments"));

        var reasons = (await StatHubApi.JsonAsync(await api.Anonymous().GetAsync("/readyz"))).GetProperty("reasons");

        // Here all of them are one disk, whose space may change between two looks.
        string.Concat(reasons.EnumerateArray()).Should().Contain("the data folder").And.Contain("the journal").And.Contain("the segments");
    }
}
