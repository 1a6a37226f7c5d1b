using System.Numerics;
using System.Runtime.Intrinsics;

namespace StatHub.Core.Journal;

/// <summary>
/// Where a line's quotes and backslashes are, one bit a byte. A line has some eighty, and nearly each ends a string: to find all of them at
/// once is cheaper than a search for each. Reused for every line.
/// </summary>
internal sealed class LineMarks
{
    private const int WordBytes = 64;

    private ulong[] _words = new ulong[64];
    private int _length;

    /// <summary>Finds them; false where the line has a control character.</summary>
    public bool TryFind(ReadOnlySpan<byte> line)
    {
        _length = line.Length;
        var count = (line.Length + WordBytes - 1) / WordBytes;
        if (_words.Length < count)
            _words = new ulong[count * 2];
        var hasControls = Vector256<byte>.Zero;
        var word = 0;
        for (; line.Length >= WordBytes; line = line[WordBytes..])
            _words[word++] = Find(line, ref hasControls);
        if (!line.IsEmpty)
        {
            Span<byte> rest = stackalloc byte[WordBytes];
            rest.Fill((byte)' ');
            line.CopyTo(rest);
            _words[word] = Find(rest, ref hasControls);
        }
        return hasControls == Vector256<byte>.Zero;
    }

    /// <summary>The first quote or backslash at a place or behind it; the line's length when there is none.</summary>
    public int Next(int at)
    {
        if (at >= _length)
            return _length;
        var word = at / WordBytes;
        var bits = _words[word] & (ulong.MaxValue << (at % WordBytes));
        while (bits == 0)
        {
            if (++word * WordBytes >= _length)
                return _length;
            bits = _words[word];
        }
        return word * WordBytes + BitOperations.TrailingZeroCount(bits);
    }

    private static ulong Find(ReadOnlySpan<byte> bytes, ref Vector256<byte> hasControls)
    {
        var low = Vector256.Create(bytes);
        var high = Vector256.Create(bytes[Vector256<byte>.Count..]);
        hasControls |= Controls(low) | Controls(high);
        return Marks(low) | ((ulong)Marks(high) << Vector256<byte>.Count);
    }

    private static uint Marks(Vector256<byte> bytes) =>
        (Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))).ExtractMostSignificantBits();

    private static Vector256<byte> Controls(Vector256<byte> bytes) => Vector256.Equals(Vector256.Min(bytes, Vector256.Create((byte)0x1f)), bytes);
}
