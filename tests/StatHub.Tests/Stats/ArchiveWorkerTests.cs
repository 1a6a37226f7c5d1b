using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StatHub.Core.Tenants;
using StatHub.Server.Http;
using StatHub.Server.Stats;
using StatHub.Tests.Storage;
using static StatHub.Tests.Stats.StatReports;

namespace StatHub.Tests.Stats;

public sealed class ArchiveWorkerTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly ArchiveState _state = new();

    private string Archive => Path.Combine(_folder.Path, "stats-archive.db");

    [Fact]
    public async Task Stats_are_archived_at_the_start_and_when_a_period_begins()
    {
        await _folder.Store.Stats.ApplyAsync(TenantId.Parse("demo"), Update("a", "country=es", "k=5"));
        using var worker = Worker();
        await worker.StartAsync(CancellationToken.None);
        await UntilAsync(() => Metrics().Contains("archive_timestamp_seconds", StringComparison.Ordinal));
        var first = Metrics();

        _folder.Time.Now = _folder.Time.Now.AddSeconds(1);

        await UntilAsync(() => Metrics() != first);
        await worker.StopAsync(CancellationToken.None);
        _state.Reasons().Should().BeEmpty();
        _folder.Shell("sqlite3 stats-archive.db 'SELECT count(DISTINCT _ts) FROM country'").Should().Be("2\n");
    }

    [Fact]
    public async Task An_archive_that_cannot_be_written_is_told()
    {
        await _folder.Store.Stats.ApplyAsync(TenantId.Parse("demo"), Update("a", "country=es", "k=5"));
        Directory.CreateDirectory(Archive);
        using var worker = Worker();
        await worker.StartAsync(CancellationToken.None);

        await UntilAsync(() => _state.Reasons().Any());
        await worker.StopAsync(CancellationToken.None);

        _state.Reasons().Should().ContainSingle().Which.Should().StartWith("Stats could not be archived; it is tried again.");
        Metrics().Should().Contain("stathub_stats_archive_failures_total 1\n");
    }

    [Fact]
    public async Task A_service_that_shall_not_archive_does_not()
    {
        await _folder.Store.Stats.ApplyAsync(TenantId.Parse("demo"), Update("a", "country=es", "k=5"));
        using var worker = Worker(enabled: false);
        await worker.StartAsync(CancellationToken.None);

        await worker.ExecuteTask!;

        File.Exists(Archive).Should().BeFalse();
    }

    public void Dispose() => _folder.Dispose();

    private ArchiveWorker Worker(bool enabled = true) => new(
        _folder.Store.Stats, _folder.Store.Tenants, _state, Options.Create(new StatsOptions { ArchiveEnabled = enabled, ArchivePeriod = TimeSpan.FromSeconds(1) }), _folder.Time,
        NullLogger<ArchiveWorker>.Instance);

    private string Metrics()
    {
        var text = new PrometheusText();
        _state.WriteTo(text);
        return text.ToString();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(10, patience.Token);
    }
}
