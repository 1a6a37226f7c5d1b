using StatHub.Server.Http;
using StatHub.Storage.Stats;

namespace StatHub.Server.Stats;

/// <summary>How the stats are, for those who watch the service.</summary>
internal sealed class StatsState(SqliteStats stats) : IReadinessSource, IMetricSource
{
    public IEnumerable<string> Reasons()
    {
        if (stats.Damage.Found is { } found)
            yield return $"The database of stats is damaged: {found}. Restart the service: the start puts it in quarantine and begins a new one.";
        else if (stats.Meter.Problem is { } problem)
            yield return $"The last stats could not be written: {problem}";
        foreach (var file in stats.Quarantine.Files)
            yield return $"Stats up to then are in {file}, which is damaged; new ones began with nothing. Restore a backup, or remove that file when they are not needed.";
    }

    public void WriteTo(PrometheusText text) => text
        .Metric("stathub_stats_updates_total", "counter", "Updates of stats that were applied.")
        .Sample("stathub_stats_updates_total", stats.Meter.Updates)
        .Metric("stathub_stats_refused_total", "counter", "Updates of stats that were refused for what the tenant has already.")
        .Sample("stathub_stats_refused_total", stats.Meter.Refused)
        .Metric("stathub_stats_commit_duration_seconds", "summary", "Commits of stats, each of all updates that waited.")
        .Sample("stathub_stats_commit_duration_seconds_sum", stats.Meter.CommitTime.TotalSeconds)
        .Sample("stathub_stats_commit_duration_seconds_count", stats.Meter.Commits);
}
