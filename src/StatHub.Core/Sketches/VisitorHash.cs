using System.Buffers.Binary;

namespace StatHub.Core.Sketches;

/// <summary>
/// Who is one visitor: a keyed hash (<see cref="SipHash"/>) of address and user agent. Once its salt is destroyed nobody can find out
/// which address and user agent it was.
/// </summary>
public static class VisitorHash
{
    /// <summary>How long a salt is, in bytes.</summary>
    public const int SaltBytes = SipHash.KeyBytes;

    /// <summary>The hash of a visitor.</summary>
    /// <param name="salt">16 random bytes.</param>
    /// <param name="address">The address, in whatever form: the same form gives the same visitor.</param>
    /// <param name="userAgent">The user agent.</param>
    /// <exception cref="ArgumentException">The salt is not of 16 bytes.</exception>
    public static ulong Of(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> address, ReadOnlySpan<byte> userAgent)
    {
        var hash = new SipHash(salt);
        // The length says where the address ends, so that no user agent can pretend to be the end of an address.
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, address.Length);
        hash.Append(length);
        hash.Append(address);
        hash.Append(userAgent);
        return hash.Finish();
    }
}
