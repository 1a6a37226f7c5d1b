using System.Buffers;
using System.Numerics;
using StatHub.Core.Text;

namespace StatHub.Core.Sketches;

/// <summary>
/// The written form of registers: the lowest rank, then how much higher each is, in four bits, and those that four bits cannot
/// hold. Nearly all ranks of a sketch are within 15 of the lowest. See docs/formats/sketches.md.
/// </summary>
internal static class RegisterBytes
{
    /// <summary>The most that four bits say.</summary>
    public const int MostNibble = 15;

    // Register i and register i + 8,192 share a byte: so both halves are read and written as whole vectors.
    private const int Half = RegisterArray.Count / 2;
    private const int MostBase = RegisterArray.MostRank - MostNibble;

    public static void Write(ReadOnlySpan<byte> ranks, IBufferWriter<byte> target)
    {
        var lowest = Lowest(ranks);
        var bytes = target.GetSpan(1 + Half);
        bytes[0] = lowest;
        for (var i = 0; i < Half; i += Vector<byte>.Count)
            (Nibbles(ranks[i..], lowest) | (Nibbles(ranks[(i + Half)..], lowest) << 4)).CopyTo(bytes[(1 + i)..]);
        target.Advance(1 + Half);
        WriteHigh(ranks, lowest + MostNibble, target);
    }

    public static bool AreValid(ReadOnlySpan<byte> bytes)
    {
        // The base is the lowest rank and no other number, so that equal registers have equal bytes.
        if (bytes.Length <= 1 + Half || bytes[0] > MostBase || (bytes[0] < MostBase && !HasZero(bytes.Slice(1, Half))))
            return false;
        var high = new HighRankReader(bytes[(1 + Half)..], bytes[0] + MostNibble);
        while (high.Read())
        {
            if (Nibble(bytes[1..], high.Index) != MostNibble)
                return false;
        }
        return high.IsWhole;
    }

    /// <summary>Raises ranks to those that are written.</summary>
    /// <param name="ranks">All registers.</param>
    /// <param name="bytes">What <see cref="AreValid"/> accepted.</param>
    public static void AddTo(Span<byte> ranks, ReadOnlySpan<byte> bytes)
    {
        var lowest = new Vector<byte>(bytes[0]);
        var low = new Vector<byte>(MostNibble);
        for (var i = 0; i < Half; i += Vector<byte>.Count)
        {
            var both = new Vector<byte>(bytes[(1 + i)..]);
            Raise(ranks[i..], (both & low) + lowest);
            Raise(ranks[(i + Half)..], (both >>> 4) + lowest);
        }
        var high = new HighRankReader(bytes[(1 + Half)..], bytes[0] + MostNibble);
        while (high.Read())
            ranks[high.Index] = Math.Max(ranks[high.Index], high.Rank);
    }

    private static void WriteHigh(ReadOnlySpan<byte> ranks, int most, IBufferWriter<byte> target)
    {
        var count = 0;
        for (var rest = ranks; NextHigh(rest, most) is >= 0 and var at; rest = rest[(at + 1)..])
            count++;
        target.Advance(Varint.Write(count, target.GetSpan(Varint.MostBytes)));
        for (var rest = ranks; NextHigh(rest, most) is >= 0 and var at; rest = rest[(at + 1)..])
        {
            var bytes = target.GetSpan(2 * Varint.MostBytes);
            var length = Varint.Write(at, bytes);
            target.Advance(length + Varint.Write(rest[at] - most, bytes[length..]));
        }
    }

    private static int NextHigh(ReadOnlySpan<byte> ranks, int most) => ranks.IndexOfAnyInRange((byte)(most + 1), byte.MaxValue);

    private static byte Lowest(ReadOnlySpan<byte> ranks)
    {
        byte lowest = 0;
        while (lowest < MostBase && !ranks.Contains(lowest))
            lowest++;
        return lowest;
    }

    private static Vector<byte> Nibbles(ReadOnlySpan<byte> ranks, byte lowest) =>
        Vector.Min(new Vector<byte>(ranks) - new Vector<byte>(lowest), new Vector<byte>(MostNibble));

    private static void Raise(Span<byte> ranks, Vector<byte> to) => Vector.Max(new Vector<byte>(ranks), to).CopyTo(ranks);

    private static bool HasZero(ReadOnlySpan<byte> nibbles)
    {
        var low = new Vector<byte>(MostNibble);
        var lowest = low;
        for (var i = 0; i < Half; i += Vector<byte>.Count)
        {
            var both = new Vector<byte>(nibbles[i..]);
            lowest = Vector.Min(lowest, Vector.Min(both & low, both >>> 4));
        }
        return Vector.EqualsAny(lowest, Vector<byte>.Zero);
    }

    private static int Nibble(ReadOnlySpan<byte> nibbles, int index) =>
        index < Half ? nibbles[index] & MostNibble : nibbles[index - Half] >> 4;
}

/// <summary>Reads the ranks that are too high for four bits, from bytes that may be anything.</summary>
internal ref struct HighRankReader
{
    private readonly int _most;
    private readonly int _count;
    private VarintReader _numbers;
    private int _read;

    /// <summary>Begins to read.</summary>
    /// <param name="bytes">What is behind the four bits of all registers.</param>
    /// <param name="most">The highest rank that four bits say.</param>
    public HighRankReader(ReadOnlySpan<byte> bytes, int most)
    {
        _numbers = new VarintReader(bytes);
        _most = most;
        _count = _numbers.TryRead(RegisterArray.Count, out var count) ? (int)count : -1;
        Index = -1;
    }

    public int Index { get; private set; }

    public byte Rank { get; private set; }

    /// <summary>All ranks were read, and nothing but them was there.</summary>
    public readonly bool IsWhole => _read == _count && _numbers.AtEnd;

    public bool Read()
    {
        if (_read >= _count
            || !_numbers.TryRead(RegisterArray.Count - 2 - Index, out var gap)
            || !_numbers.TryRead(RegisterArray.MostRank - _most, out var above) || above == 0)
            return false;
        Index += 1 + (int)gap;
        Rank = (byte)(_most + above);
        _read++;
        return true;
    }
}
