using System.Buffers.Binary;
using System.Numerics;

namespace StatHub.Core.Sketches;

/// <summary>
/// SipHash-2-4: a keyed hash of 64 bits, which nobody can steer without the key. J.-P. Aumasson, D. J. Bernstein, "SipHash: a
/// fast short-input PRF", INDOCRYPT 2012. The parts that are appended are hashed as one message.
/// </summary>
public ref struct SipHash
{
    /// <summary>How long a key is, in bytes.</summary>
    public const int KeyBytes = 16;

    private const int WordBytes = 8;

    private ulong _v0;
    private ulong _v1;
    private ulong _v2;
    private ulong _v3;
    private ulong _tail;
    private int _length;

    /// <summary>Begins a message.</summary>
    /// <param name="key">16 bytes.</param>
    /// <exception cref="ArgumentException">The key is not of 16 bytes.</exception>
    public SipHash(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyBytes)
            throw new ArgumentException("A key has 16 bytes.", nameof(key));
        var k0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        var k1 = BinaryPrimitives.ReadUInt64LittleEndian(key[WordBytes..]);
        // "somepseudorandomlygeneratedbytes", as the paper has it.
        _v0 = k0 ^ 0x736f6d6570736575;
        _v1 = k1 ^ 0x646f72616e646f6d;
        _v2 = k0 ^ 0x6c7967656e657261;
        _v3 = k1 ^ 0x7465646279746573;
    }

    /// <summary>Appends bytes to the message.</summary>
    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _length % WordBytes != 0)
        {
            Append(bytes[0]);
            bytes = bytes[1..];
        }
        _length += bytes.Length / WordBytes * WordBytes;
        for (; bytes.Length >= WordBytes; bytes = bytes[WordBytes..])
            Compress(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            Append(b);
    }

    /// <summary>Ends the message.</summary>
    /// <returns>Its hash.</returns>
    public ulong Finish()
    {
        // Only the lowest byte of the length is part of the last word.
        Compress(_tail | ((ulong)_length << 56));
        _v2 ^= 0xff;
        for (var i = 0; i < 4; i++)
            Round();
        return _v0 ^ _v1 ^ _v2 ^ _v3;
    }

    private void Append(byte b)
    {
        _tail |= (ulong)b << (_length % WordBytes * 8);
        if (++_length % WordBytes != 0)
            return;
        Compress(_tail);
        _tail = 0;
    }

    private void Compress(ulong word)
    {
        _v3 ^= word;
        Round();
        Round();
        _v0 ^= word;
    }

    private void Round()
    {
        _v0 += _v1;
        _v2 += _v3;
        _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
        _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
        _v0 = BitOperations.RotateLeft(_v0, 32);
        _v2 += _v1;
        _v0 += _v3;
        _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
        _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
        _v2 = BitOperations.RotateLeft(_v2, 32);
    }
}
