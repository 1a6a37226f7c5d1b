namespace StatHub.Core.Text;

/// <summary>Numbers of seven bits a byte, the lowest first, with the high bit on all bytes but the last.</summary>
public static class Varint
{
    /// <summary>The longest number of 64 bits.</summary>
    public const int MostBytes = 10;

    /// <summary>The longest number of 128 bits.</summary>
    public const int MostSignedBytes = 19;

    /// <summary>Writes a number that is not negative.</summary>
    /// <returns>How many bytes it takes.</returns>
    public static int Write(long number, Span<byte> target)
    {
        var length = 0;
        for (; number >= 0x80; number >>= 7)
            target[length++] = (byte)(number | 0x80);
        target[length++] = (byte)number;
        return length;
    }

    /// <summary>Writes a number with its sign in the lowest bit (zigzag): 0, -1, 1, -2 become 0, 1, 2, 3.</summary>
    /// <returns>How many bytes it takes.</returns>
    public static int WriteSigned(Int128 number, Span<byte> target)
    {
        var zigzag = (UInt128)((number << 1) ^ (number >> 127));
        var length = 0;
        for (; zigzag >= 0x80; zigzag >>= 7)
            target[length++] = (byte)((uint)zigzag | 0x80);
        target[length++] = (byte)zigzag;
        return length;
    }
}

/// <summary>
/// Reads numbers from bytes that may be anything. A number has one spelling: a longer one than needed is refused, so that
/// equal contents have equal bytes.
/// </summary>
public ref struct VarintReader(ReadOnlySpan<byte> bytes)
{
    // 63 bits, and 126: more than any sum has.
    private const int MostBytes = 9;
    private const int MostSignedBytes = 18;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Everything was read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Reads a number of 0 to <paramref name="most"/>.</summary>
    public bool TryRead(long most, out long number)
    {
        number = 0;
        for (var i = 0; i < _rest.Length && i < MostBytes; i++)
        {
            var b = _rest[i];
            number |= (long)(b & 0x7f) << (7 * i);
            if (b >= 0x80)
                continue;
            _rest = _rest[(i + 1)..];
            return number <= most && (b != 0 || i == 0);
        }
        return false;
    }

    /// <summary>Reads a number with a sign.</summary>
    public bool TryReadSigned(out Int128 number)
    {
        UInt128 zigzag = 0;
        number = 0;
        for (var i = 0; i < _rest.Length && i < MostSignedBytes; i++)
        {
            var b = _rest[i];
            zigzag |= (UInt128)(uint)(b & 0x7f) << (7 * i);
            if (b >= 0x80)
                continue;
            _rest = _rest[(i + 1)..];
            number = (Int128)(zigzag >> 1) ^ -(Int128)(zigzag & 1);
            return b != 0 || i == 0;
        }
        return false;
    }

    /// <summary>Takes the next bytes as they are.</summary>
    public bool TryTake(int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_rest.Length < length)
            return false;
        bytes = _rest[..length];
        _rest = _rest[length..];
        return true;
    }
}
