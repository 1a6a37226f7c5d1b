using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace StatHub.Core.Sketches;

/// <summary>
/// SipHash-2-4: a keyed hash of 64 bits, which nobody can steer without the key. J.-P. Aumasson, D. J. Bernstein, "SipHash: a
/// fast short-input PRF", INDOCRYPT 2012.
/// </summary>
public static class SipHash
{
    /// <summary>How long a key is, in bytes.</summary>
    public const int KeyBytes = 16;

    private const int WordBytes = sizeof(ulong);

    /// <summary>The hash of a message.</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="message">Any bytes.</param>
    /// <exception cref="ArgumentException">The key is not of 16 bytes.</exception>
    public static ulong Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        if (key.Length != KeyBytes)
            throw new ArgumentException("A key has 16 bytes.", nameof(key));
        var k0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        var k1 = BinaryPrimitives.ReadUInt64LittleEndian(key[WordBytes..]);
        // "somepseudorandomlygeneratedbytes", as the paper has it.
        var v0 = k0 ^ 0x736f6d6570736575;
        var v1 = k1 ^ 0x646f72616e646f6d;
        var v2 = k0 ^ 0x6c7967656e657261;
        var v3 = k1 ^ 0x7465646279746573;

        var rest = message;
        for (; rest.Length >= WordBytes; rest = rest[WordBytes..])
            Compress(BinaryPrimitives.ReadUInt64LittleEndian(rest), ref v0, ref v1, ref v2, ref v3);
        Compress(LastWord(rest, message.Length), ref v0, ref v1, ref v2, ref v3);

        v2 ^= 0xff;
        for (var i = 0; i < 4; i++)
            Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /// <summary>The bytes that fill no word, and above them the lowest byte of the length.</summary>
    private static ulong LastWord(ReadOnlySpan<byte> rest, int length)
    {
        var word = (ulong)length << 56;
        for (var i = 0; i < rest.Length; i++)
            word |= (ulong)rest[i] << (8 * i);
        return word;
    }

    // Inlined, so that the state stays in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Compress(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
