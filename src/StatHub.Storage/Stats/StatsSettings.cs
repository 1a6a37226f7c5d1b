using StatHub.Core.Stats;

namespace StatHub.Storage.Stats;

/// <summary>Settings of the stats.</summary>
public sealed record StatsSettings
{
    /// <summary>How long the buckets of gauges are; whole seconds.</summary>
    public TimeSpan GaugeBucket { get; init; } = Core.Stats.GaugeBucket.UsualLength;

    /// <summary>What a tenant may have.</summary>
    public StatBounds Bounds { get; init; } = new();
}
