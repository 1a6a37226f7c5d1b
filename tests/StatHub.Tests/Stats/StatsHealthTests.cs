using System.Net;
using Microsoft.Data.Sqlite;
using static StatHub.Tests.Stats.StatsApi;

namespace StatHub.Tests.Stats;

public sealed class StatsHealthTests : IDisposable
{
    private const string Update = """{"dims":{"country":"es"},"counters":{"k":1}}""";

    private readonly StatsApi _stats = With(("ArchivePeriod", "00:00:01"), ("ValueLimit", "1"));

    [Fact]
    public async Task Metrics_tell_updates_and_commits()
    {
        var client = _stats.Client();
        await PostAsync(client, "/stats/a", Update);
        await PostAsync(client, "/stats/a", Update.Replace("es", "de", StringComparison.Ordinal));

        var metrics = await client.GetStringAsync("/metrics");

        metrics.Should().Contain("\nstathub_stats_updates_total 1\n").And.Contain("\nstathub_stats_refused_total 1\n")
            .And.Contain("\nstathub_stats_archive_failures_total 0\n").And.MatchRegex(@"\nstathub_stats_commit_duration_seconds_count [12]\n");
    }

    [Fact]
    public async Task Stats_that_cannot_be_written_are_503_and_told_until_they_can()
    {
        var client = _stats.Client();
        Execute("CREATE TRIGGER full BEFORE INSERT ON recent BEGIN SELECT raise(ABORT, 'no room'); END");

        var (status, body) = await PostAsync(client, "/stats/a", Update);
        (status, body[..60]).Should().Be((HttpStatusCode.ServiceUnavailable, """{"succeeded":false,"error":"The stats could not be written: """));
        (await ReadyAsync()).Should().Contain("The last stats could not be written");
        Execute("DROP TRIGGER full");

        (await PostAsync(client, "/stats/a", Update)).Status.Should().Be(HttpStatusCode.OK);
        (await ReadyAsync()).Should().NotContain("stats could not be written");
    }

    [Fact]
    public async Task Damaged_stats_in_quarantine_are_told_until_somebody_takes_them_away()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_stats.Api.Folder, "quarantine", "20260301T120000Z")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "stats.db"), "damaged");

        (await ReadyAsync()).Should().Contain("which is damaged; new ones began with nothing");
        Directory.Delete(folder, recursive: true);

        (await ReadyAsync()).Should().NotContain("damaged");
    }

    public void Dispose() => _stats.Dispose();

    private async Task<string> ReadyAsync() => await (await _stats.Anonymous().GetAsync("/readyz")).Content.ReadAsStringAsync();

    private void Execute(string sql)
    {
        using var database = new SqliteConnection($"Data Source={Path.Combine(_stats.Api.Folder, "stats.db")};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
