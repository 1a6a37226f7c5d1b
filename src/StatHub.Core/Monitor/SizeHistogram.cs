using System.Numerics;

namespace StatHub.Core.Monitor;

/// <summary>
/// How large answers were, in a few hundred counters: each power of two is divided into 16 ranges of one width, so a quantile is told at most a sixteenth too high and never too low
/// (the buckets of HdrHistogram by G. Tene, with four bits).
/// </summary>
public sealed class SizeHistogram
{
    private const int Bits = 4;
    private const int Parts = 1 << Bits;

    private readonly long[] _counts = new long[(64 - Bits + 1) * Parts];

    /// <summary>How many were added.</summary>
    public long Count { get; private set; }

    /// <summary>The largest.</summary>
    public long Largest { get; private set; }

    /// <summary>Adds one.</summary>
    /// <param name="size">In bytes, 0 or more.</param>
    public void Add(long size)
    {
        _counts[IndexOf(size)]++;
        Count++;
        Largest = Math.Max(Largest, size);
    }

    /// <summary>Adds all of another one.</summary>
    public void Add(SizeHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
        Largest = Math.Max(Largest, other.Largest);
    }

    /// <summary>The size that a share of all, 0 to 1, does not exceed; 0 where there are none.</summary>
    public long Quantile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        for (var (i, seen) = (0, 0L); i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
                return Math.Min(LastOf(i), Largest);
        }
        return 0;
    }

    /// <summary>Sizes below 16 have a counter each; those of [2^n, 2^(n+1)) share 16.</summary>
    private static int IndexOf(long size)
    {
        if (size < Parts)
            return (int)size;
        var shift = BitOperations.Log2((ulong)size) - Bits;
        return (shift << Bits) + (int)(size >> shift);
    }

    private static long LastOf(int index)
    {
        if (index < Parts)
            return index;
        var shift = (index >> Bits) - 1;
        var part = index - (shift << Bits);
        return ((part + 1L) << shift) - 1;
    }
}
