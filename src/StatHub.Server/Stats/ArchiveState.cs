using StatHub.Server.Http;

namespace StatHub.Server.Stats;

/// <summary>What became of the archive of stats, for those who watch the service.</summary>
internal sealed class ArchiveState : IReadinessSource, IMetricSource
{
    private volatile string? _problem;
    private long _failures;
    private long _leftOut;
    private long _writtenAt;

    /// <summary>Everything is archived whose period has begun.</summary>
    public void Written(DateTimeOffset at)
    {
        Interlocked.Exchange(ref _writtenAt, at.ToUnixTimeMilliseconds());
        _problem = null;
    }

    /// <summary>Something could not be archived.</summary>
    public void Failed(string problem)
    {
        Interlocked.Increment(ref _failures);
        _problem = problem;
    }

    /// <summary>Stats found no room.</summary>
    public void LeftOut(int stats) => Interlocked.Add(ref _leftOut, stats);

    public IEnumerable<string> Reasons()
    {
        if (_problem is { } problem)
            yield return $"Stats could not be archived; it is tried again. {problem}";
    }

    public void WriteTo(PrometheusText text)
    {
        text.Metric("stathub_stats_archive_failures_total", "counter", "Tries to archive a dim of stats that failed.")
            .Sample("stathub_stats_archive_failures_total", Interlocked.Read(ref _failures));
        text.Metric("stathub_stats_archive_left_out_total", "counter", "Stats of a period that found no table or column in the archive.")
            .Sample("stathub_stats_archive_left_out_total", Interlocked.Read(ref _leftOut));
        if (Interlocked.Read(ref _writtenAt) is not 0 and var writtenAt)
        {
            text.Metric("stathub_stats_archive_timestamp_seconds", "gauge", "When everything was archived last.")
                .Sample("stathub_stats_archive_timestamp_seconds", writtenAt / 1000.0);
        }
    }
}
