using System.Globalization;
using StatHub.Server.Http;

namespace StatHub.Server.Backups;

/// <summary>What became of the last copy of the database, for those who watch the service.</summary>
internal sealed class CopyState : IReadinessSource, IMetricSource
{
    private volatile string? _problem;
    private volatile bool _hasFailed;
    private long _madeAt;
    private long _failures;

    /// <summary>There is a whole copy of everything that was written before an instant.</summary>
    public void Made(DateTimeOffset at)
    {
        Interlocked.Exchange(ref _madeAt, at.ToUnixTimeMilliseconds());
        (_problem, _hasFailed) = (null, false);
    }

    /// <summary>Whether the last try failed.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>None could be made; the one before stays.</summary>
    /// <param name="problem">What somebody has to mend; null where the disk is full.</param>
    public void Failed(string? problem)
    {
        Interlocked.Increment(ref _failures);
        (_problem, _hasFailed) = (problem, true);
    }

    public IEnumerable<string> Reasons()
    {
        if (_problem is not { } problem)
            yield break;
        var madeAt = Interlocked.Read(ref _madeAt);
        var kept = madeAt == 0
            ? "There is none."
            : string.Create(CultureInfo.InvariantCulture, $"That of {DateTimeOffset.FromUnixTimeMilliseconds(madeAt):yyyy-MM-dd HH:mm:ss}Z stays.");
        yield return $"The database could not be copied. {kept} {problem}";
    }

    public void WriteTo(PrometheusText text)
    {
        text.Metric("stathub_database_copy_failed", "gauge", "1 while the last try to copy the database failed; the log says why, and /readyz too unless the disk is full.")
            .Sample("stathub_database_copy_failed", _hasFailed ? 1 : 0)
            .Metric("stathub_database_copy_failures_total", "counter", "Tries to copy the database that failed.")
            .Sample("stathub_database_copy_failures_total", Interlocked.Read(ref _failures));
        if (Interlocked.Read(ref _madeAt) is not 0 and var madeAt)
        {
            text.Metric("stathub_database_copy_timestamp_seconds", "gauge", "Up to when the copy of the database has everything.")
                .Sample("stathub_database_copy_timestamp_seconds", madeAt / 1000.0);
        }
    }
}
