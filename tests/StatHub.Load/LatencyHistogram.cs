using System.Numerics;

namespace StatHub.Load;

/// <summary>Latencies in buckets that are at most 1/32 of their value wide, from a microsecond to over an hour.</summary>
public sealed class LatencyHistogram
{
    private const int Steps = 32;
    private const int StepBits = 5;

    private readonly long[] _counts = new long[Steps * 30];
    private long _total;

    public void Add(TimeSpan latency)
    {
        _counts[BucketOf((long)latency.TotalMicroseconds)]++;
        _total++;
    }

    /// <summary>The smallest latency that the given share, 0 to 1, of all does not exceed; zero when there are none.</summary>
    public TimeSpan Percentile(double share)
    {
        var rank = (long)Math.Ceiling(share * _total);
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
                return TimeSpan.FromMicroseconds(UpperEdge(i));
        }
        return TimeSpan.Zero;
    }

    public void Merge(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        _total += other._total;
    }

    // Below 32 µs a bucket is one microsecond; above, each power of two has 32 of them.
    private int BucketOf(long microseconds)
    {
        if (microseconds < Steps)
            return (int)Math.Max(0, microseconds);
        var power = BitOperations.Log2((ulong)microseconds) - StepBits;
        var bucket = ((power + 1) * Steps) + (int)((microseconds >> power) - Steps);
        return Math.Min(bucket, _counts.Length - 1);
    }

    private static long UpperEdge(int bucket)
    {
        if (bucket < Steps)
            return bucket;
        var power = (bucket / Steps) - 1;
        return ((long)((bucket % Steps) + Steps + 1) << power) - 1;
    }
}
