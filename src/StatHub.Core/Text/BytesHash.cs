using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StatHub.Core.Text;

/// <summary>
/// A hash of bytes for tables in memory, in the manner of wyhash: sixteen bytes a multiplication. It is seeded at random for each process, so
/// texts cannot be chosen to collide; it is never stored.
/// </summary>
internal static class BytesHash
{
    private const int WordBytes = sizeof(ulong);
    private const int HalfBytes = sizeof(uint);

    private static readonly ulong First = Random();
    private static readonly ulong Second = Random();
    private static readonly ulong Third = Random();

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = First;
        var rest = bytes;
        for (; rest.Length > 2 * WordBytes; rest = rest[(2 * WordBytes)..])
            hash = Mix(Word(rest) ^ Second, Word(rest[WordBytes..]) ^ hash);
        var (low, high) = Ends(rest);
        return Mix(Third ^ (ulong)bytes.Length, Mix(low ^ Second, high ^ hash));
    }

    /// <summary>All of at most sixteen bytes in two words, which may overlap.</summary>
    private static (ulong Low, ulong High) Ends(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= WordBytes)
            return (Word(bytes), Word(bytes[^WordBytes..]));
        if (bytes.Length >= HalfBytes)
            return (BinaryPrimitives.ReadUInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[^HalfBytes..]));
        return bytes.IsEmpty ? (0, 0) : (bytes[0] | ((ulong)bytes[bytes.Length / 2] << 8), bytes[^1]);
    }

    private static ulong Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    /// <summary>Both halves of the product, so that every bit of both numbers counts.</summary>
    private static ulong Mix(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    private static ulong Random() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(WordBytes));
}
