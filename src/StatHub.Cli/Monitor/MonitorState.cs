using StatHub.Core.Alerts;
using StatHub.Core.Monitor;

namespace StatHub.Cli.Monitor;

/// <summary>What is shown of a monitor at one moment.</summary>
internal sealed record MonitorState
{
    public required MonitorSettings Settings { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The logs, and what is to be said of them.</summary>
    public required IReadOnlyList<string> Logs { get; init; }

    /// <summary>Whether everything that was there at the beginning is read.</summary>
    public required bool IsLive { get; init; }

    /// <summary>What came within the last interval.</summary>
    public required TrafficStats Interval { get; init; }

    /// <summary>How long that was.</summary>
    public required TimeSpan IntervalLength { get; init; }

    /// <summary>What came since the beginning.</summary>
    public required TrafficStats Total { get; init; }

    /// <summary>How long that was.</summary>
    public required TimeSpan TotalLength { get; init; }

    public required AlertMeasure Window { get; init; }

    public required IReadOnlyList<long> HitsByBucket { get; init; }

    /// <summary>Hits a second within the last seconds.</summary>
    public required double RateNow { get; init; }

    /// <summary>Hits a second over the window.</summary>
    public required double WindowRate { get; init; }

    public required long Late { get; init; }

    public required long Future { get; init; }

    /// <summary>How far the newest line is behind the clock while some wait to be read; zero when none do.</summary>
    public required TimeSpan Lag { get; init; }

    /// <summary>Bytes that wait to be read.</summary>
    public required long Behind { get; init; }

    public required IReadOnlyList<(AlertRule Rule, AlertStanding Standing)> Active { get; init; }

    /// <summary>Everything that was told, the oldest first.</summary>
    public required IReadOnlyList<AlertTransition> History { get; init; }

    /// <summary>Whether nothing of it changes any more.</summary>
    public bool IsStill { get; private init; }

    /// <summary>A copy that stays as it is while reading goes on.</summary>
    public MonitorState Still() => this with { Interval = Copy(Interval), Total = Copy(Total), History = [.. History], IsStill = true };

    private static TrafficStats Copy(TrafficStats stats)
    {
        var copy = new TrafficStats();
        copy.Add(stats);
        return copy;
    }
}
