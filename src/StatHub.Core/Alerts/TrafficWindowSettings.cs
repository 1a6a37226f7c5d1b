namespace StatHub.Core.Alerts;

/// <summary>What a <see cref="TrafficWindow"/> looks at.</summary>
public sealed record TrafficWindowSettings
{
    /// <summary>The most buckets that a window has, those ahead of it included.</summary>
    public const int MostBuckets = 10_000;

    /// <summary>How much of the past it has.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Its resolution. The window is a whole number of buckets, and the one of the instant itself is the last of them.</summary>
    public TimeSpan Bucket { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Entries so far ahead of the window's instant wait in their bucket until the window gets there; those beyond are of the future. For
    /// who looks at an instant behind the clock, since not everything is read yet. Whole buckets.
    /// </summary>
    public TimeSpan Ahead { get; init; }

    /// <summary>
    /// How many clients are told apart; 0 for none. At most twice as many names are in memory, and 20 times as many counts of a client in a bucket
    /// (or four for each bucket, where that is more). Beyond that those with the fewest hits are let go of.
    /// </summary>
    public int MostClients { get; init; }

    /// <summary>Who comes back after so long a time was asleep: that nothing came meanwhile does not mean that nobody sent anything.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Mistake => this switch
    {
        _ when Bucket < TimeSpan.FromMilliseconds(1) || !IsWhole(Bucket, TimeSpan.FromMilliseconds(1)) => "A bucket is a whole number of milliseconds, 1 or more.",
        _ when Window < Bucket || !IsWhole(Window, Bucket) => "The window is a whole number of buckets, 1 or more.",
        _ when Ahead < TimeSpan.Zero || !IsWhole(Ahead, Bucket) => "What is ahead of the window is a whole number of buckets.",
        _ when Window / Bucket + Ahead / Bucket > MostBuckets => $"A window has at most {MostBuckets} buckets: make them longer.",
        _ when MostClients < 0 => "How many clients are told apart is 0 or more.",
        _ when LongestPause < Bucket => "The longest pause is no shorter than a bucket.",
        _ => null,
    };

    private static bool IsWhole(TimeSpan time, TimeSpan unit) => time.Ticks % unit.Ticks == 0;
}
