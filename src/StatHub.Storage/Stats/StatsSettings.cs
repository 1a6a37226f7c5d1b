using StatHub.Core.Stats;

namespace StatHub.Storage.Stats;

/// <summary>Settings of the stats.</summary>
public sealed record StatsSettings
{
    /// <summary>How long the buckets of gauges are; whole seconds.</summary>
    public TimeSpan GaugeBucket { get; init; } = Core.Stats.GaugeBucket.UsualLength;

    /// <summary>What a tenant may have.</summary>
    public StatBounds Bounds { get; init; } = new();

    /// <summary>When so many rows of stats are older than what was committed, they are written.</summary>
    public int UnwrittenRows { get; init; } = 20_000;

    /// <summary>They are written, too, when the log of what was committed since has so many bytes.</summary>
    public long LogBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Called at each step of a commit; tests kill the process there.</summary>
    public Action<StatsStep>? OnStep { get; init; }
}
