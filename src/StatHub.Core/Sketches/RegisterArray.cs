using System.Buffers;
using System.Numerics;

namespace StatHub.Core.Sketches;

/// <summary>
/// The registers of a large sketch: for each of the 16,384 beginnings of a hash the highest rank of its other 50 bits. A rank is
/// the place of the first 1, from 1 to 51; 0 says that no hash began so.
/// </summary>
internal sealed class RegisterArray
{
    public const int IndexBits = 14;
    public const int Count = 1 << IndexBits;
    public const int MostRank = RankedBits + 1;

    private const int RankedBits = 64 - IndexBits;

    private readonly byte[] _ranks = new byte[Count];

    public void Add(ulong hash)
    {
        var rank = (byte)(BitOperations.LeadingZeroCount((hash << IndexBits) | (1UL << (IndexBits - 1))) + 1);
        ref var register = ref _ranks[hash >> RankedBits];
        if (rank > register)
            register = rank;
    }

    public void Add(int index, byte rank) => _ranks[index] = Math.Max(_ranks[index], rank);

    public void Add(RegisterArray other)
    {
        for (var i = 0; i < Count; i += Vector<byte>.Count)
            Vector.Max(new Vector<byte>(_ranks, i), new Vector<byte>(other._ranks, i)).CopyTo(_ranks, i);
    }

    /// <summary>Adds written registers.</summary>
    /// <param name="bytes">What <see cref="RegisterBytes.AreValid"/> accepted.</param>
    public void Add(ReadOnlySpan<byte> bytes) => RegisterBytes.AddTo(_ranks, bytes);

    public void Write(IBufferWriter<byte> target) => RegisterBytes.Write(_ranks, target);

    /// <summary>
    /// How many distinct hashes there were: the improved raw estimator of O. Ertl, "New cardinality estimation algorithms for
    /// HyperLogLog sketches", arXiv:1702.01284, which needs no tables of measured bias.
    /// </summary>
    public long Estimate()
    {
        var unused = _ranks.AsSpan().Count((byte)0);
        var full = _ranks.AsSpan().Count((byte)MostRank);
        // The sum of 2^-rank, in units of 2^-50, so that it is exact: 16,384 times a half are 2^63 of them.
        ulong sum = 0;
        var left = Count - unused - full;
        for (var rank = 1; left > 0; rank++)
        {
            var count = _ranks.AsSpan().Count((byte)rank);
            sum += (ulong)count << (RankedBits - rank);
            left -= count;
        }
        var z = Math.ScaleB(sum + Count * Tau(1 - full / (double)Count), -RankedBits) + Count * Sigma(unused / (double)Count);
        return (long)Math.Round(Count / (2 * Math.Log(2)) * Count / z);
    }

    /// <summary>The sum x + x^2 + 2 x^4 + 4 x^8 + …, for the registers that no hash belongs to.</summary>
    private static double Sigma(double x)
    {
        if (x == 1)
            return double.PositiveInfinity;
        var sum = x;
        var weight = 1.0;
        for (var before = double.NaN; sum != before; weight += weight)
        {
            before = sum;
            x *= x;
            sum += x * weight;
        }
        return sum;
    }

    /// <summary>The like for registers that can rise no more.</summary>
    private static double Tau(double x)
    {
        if (x is 0 or 1)
            return 0;
        var sum = 1 - x;
        var weight = 0.5;
        for (var before = double.NaN; sum != before; weight *= 0.5)
        {
            before = sum;
            x = Math.Sqrt(x);
            sum -= (1 - x) * (1 - x) * weight;
        }
        return sum / 3;
    }
}
