using StatHub.Core.Hits;

namespace StatHub.Core.Alerts;

/// <summary>What somebody wants to be told of. <see cref="AlertRuleCheck"/> says what is wrong with one.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Metric">What it looks at.</param>
/// <param name="Threshold">What is exceeded: hits a second, a share from 0 to 1, or a sum of values. At most 6 digits behind the point. 0 for <see cref="AlertMetric.NoData"/>.</param>
public sealed record AlertRule(string Name, AlertMetric Metric, decimal Threshold)
{
    /// <summary>On which side of the threshold it is exceeded.</summary>
    public AlertComparison Comparison { get; init; }

    /// <summary>How much of the past it looks at.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long it must be exceeded before somebody is told.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How long it must be exceeded no more before it is over.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    /// <summary>What goes with every message.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>After how long it is told again that it is not over; zero for never.</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromHours(4);

    /// <summary>What the state is called that somebody is told of.</summary>
    public AlertState Active => Metric == AlertMetric.NoData ? AlertState.NoData : AlertState.Firing;

    /// <summary>How many hits are not above the threshold yet, of a rate; whole hits only.</summary>
    public long MostHits => (long)(Millionths * Milliseconds / MillionthsOfSecond);

    private Int128 Millionths => (Int128)(Threshold * HitValue.One);

    private Int128 Milliseconds => (Int128)Window.TotalMilliseconds;

    private static Int128 MillionthsOfSecond => (Int128)HitValue.One * 1000;

    /// <summary>Whether what a window has exceeds the threshold.</summary>
    public bool IsExceeded(AlertMeasure measure) => Metric switch
    {
        AlertMetric.NoData => measure.Hits == 0,
        AlertMetric.ErrorRate => measure.Hits > 0 && Exceeds(measure.Errors * (Int128)HitValue.One, Millionths * measure.Hits),
        AlertMetric.Value => Exceeds(measure.Value.Millionths, Millionths),
        _ => Exceeds(measure.Hits * MillionthsOfSecond, Millionths * Milliseconds),
    };

    private bool Exceeds(Int128 what, Int128 threshold) => Comparison == AlertComparison.Above ? what > threshold : what < threshold;
}
