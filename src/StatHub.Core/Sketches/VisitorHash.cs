using System.Buffers;
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

    private const int UsualBytes = 512;

    /// <summary>The hash of a visitor.</summary>
    /// <param name="salt">16 random bytes.</param>
    /// <param name="address">The address, in whatever form: the same form gives the same visitor.</param>
    /// <param name="userAgent">The user agent.</param>
    /// <exception cref="ArgumentException">The salt is not of 16 bytes.</exception>
    public static ulong Of(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> address, ReadOnlySpan<byte> userAgent)
    {
        var length = sizeof(int) + address.Length + userAgent.Length;
        var rented = length > UsualBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var message = rented is null ? stackalloc byte[UsualBytes] : rented;
        // The length says where the address ends, so that no user agent can pretend to be the end of an address.
        BinaryPrimitives.WriteInt32LittleEndian(message, address.Length);
        address.CopyTo(message[sizeof(int)..]);
        userAgent.CopyTo(message[(sizeof(int) + address.Length)..]);
        var hash = SipHash.Of(salt, message[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }
}
