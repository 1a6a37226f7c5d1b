using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace StatHub.Core.Sketches;

/// <summary>
/// Who is one visitor of a tenant: the first 48 bits of a keyed hash (<see cref="SipHash"/>) of tenant, address and user agent. Once its
/// salt is destroyed nobody can find out which address and user agent it was. Two of ten million visitors share a number with a probability of
/// one in six.
/// </summary>
public static class VisitorHash
{
    /// <summary>How long a salt is, in bytes.</summary>
    public const int SaltBytes = SipHash.KeyBytes;

    /// <summary>How long its text is, in bytes.</summary>
    public const int TextBytes = 8;

    private const int UnusedBits = 16;
    private const int HashBytes = 6;
    private const int UsualBytes = 512;

    /// <summary>The hash of a visitor, in the upper 48 bits; the others are 0.</summary>
    /// <param name="salt">16 random bytes.</param>
    /// <param name="tenant">The tenant, so that no two tenants can compare their visitors.</param>
    /// <param name="address">The address, in whatever form: the same form gives the same visitor.</param>
    /// <param name="userAgent">The user agent.</param>
    /// <exception cref="ArgumentException">The salt is not of 16 bytes.</exception>
    public static ulong Of(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> tenant, ReadOnlySpan<byte> address, ReadOnlySpan<byte> userAgent)
    {
        var length = 2 * sizeof(int) + tenant.Length + address.Length + userAgent.Length;
        var rented = length > UsualBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var message = rented is null ? stackalloc byte[UsualBytes] : rented;
        // Lengths say where tenant and address end, so that no user agent can pretend to be the end of an address.
        var end = Append(message, 0, tenant);
        end = Append(message, end, address);
        userAgent.CopyTo(message[end..]);
        var hash = SipHash.Of(salt, message[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return hash >> UnusedBits << UnusedBits;
    }

    /// <summary>Writes a hash as 8 characters of base64url.</summary>
    public static void Write(ulong hash, Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, hash);
        Base64Url.EncodeToUtf8(bytes[..HashBytes], text, out _, out _);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; false for any other text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ulong hash)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        hash = 0;
        if (text.Length != TextBytes || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromUtf8(text, bytes, out var written) || written != HashBytes)
            return false;
        hash = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return true;
    }

    private static int Append(Span<byte> message, int at, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32LittleEndian(message[at..], part.Length);
        part.CopyTo(message[(at + sizeof(int))..]);
        return at + sizeof(int) + part.Length;
    }
}
