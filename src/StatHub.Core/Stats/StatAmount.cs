namespace StatHub.Core.Stats;

/// <summary>How much a stat of an id or of a dim's value is. A gauge has an amount for each of the two latest buckets that it was set in.</summary>
/// <param name="Amount">The number; that of the later bucket of a gauge.</param>
/// <param name="Bucket">The start of the later bucket; 0 but for gauges that were set.</param>
/// <param name="Before">The number of the earlier bucket; null when there is none.</param>
/// <param name="BeforeBucket">The start of the earlier bucket.</param>
public readonly record struct StatAmount(long Amount, long Bucket = 0, long? Before = null, long BeforeBucket = 0)
{
    /// <summary>The number of a gauge in a bucket; null when it was not set there, or is not known any more.</summary>
    public long? In(long bucket) => bucket == Bucket ? Amount : bucket == BeforeBucket ? Before : null;

    /// <summary>Adds to a counter; false when the sum has over 64 bits.</summary>
    public bool TryAdd(Int128 delta, out StatAmount sum)
    {
        var fits = TryAdd(Amount, delta, out var amount);
        sum = this with { Amount = amount };
        return fits;
    }

    /// <summary>Adds to a gauge in a bucket; false when the sum has over 64 bits.</summary>
    public bool TryAddIn(long bucket, Int128 delta, out StatAmount sum)
    {
        bool fits;
        if (bucket == Bucket)
            return TryAdd(delta, out sum);
        if (bucket > Bucket)
        {
            fits = TryAdd(0, delta, out var amount);
            sum = Bucket == 0 ? new StatAmount(amount, bucket) : new StatAmount(amount, bucket, Amount, Bucket);
            return fits;
        }
        // A clock that was set back. What lies further back than two buckets begins anew.
        var isBefore = Before is not null && bucket == BeforeBucket;
        fits = TryAdd(isBefore ? Before!.Value : 0, delta, out var before);
        sum = Before is null || bucket >= BeforeBucket ? this with { Before = before, BeforeBucket = bucket } : new StatAmount(before, bucket);
        return fits;
    }

    private static bool TryAdd(long amount, Int128 delta, out long sum)
    {
        var exact = amount + delta;
        sum = (long)Int128.Clamp(exact, long.MinValue, long.MaxValue);
        return sum == exact;
    }
}
