using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StatHub.Core.Hits;

/// <summary>
/// A <see cref="RawHitPosition"/> as the opaque text that clients send back: base64url of a version, the instant, the number
/// of hits and the bytes of the key.
/// </summary>
public static class RawHitCursor
{
    /// <summary>The longest text, in characters; each may stand in an address as it is.</summary>
    public const int MaxLength = 194;

    // Version 1 had no key: its number counts the hits of all keys, which a late hit changes.
    private const byte Version = 2;
    private const int SeenAt = 9;
    private const int KeyAt = 17;
    private const int MaxBytes = KeyAt + HitKey.MaxBytes;

    /// <summary>The text of a position.</summary>
    public static string Write(RawHitPosition position)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], position.UnixMilliseconds);
        BinaryPrimitives.WriteInt64BigEndian(bytes[SeenAt..], position.Seen);
        var length = KeyAt + Encoding.UTF8.GetBytes(position.Key.ToString(), bytes[KeyAt..]);
        return Base64Url.EncodeToString(bytes[..length]);
    }

    /// <summary>Reads a position; false for a text that <see cref="Write"/> did not make.</summary>
    public static bool TryRead([NotNullWhen(true)] string? text, out RawHitPosition position)
    {
        position = default;
        Span<byte> bytes = stackalloc byte[MaxBytes];
        if (text is not { Length: <= MaxLength }
            || Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done
            || length < KeyAt || bytes[0] != Version)
            return false;
        var instant = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        var seen = BinaryPrimitives.ReadInt64BigEndian(bytes[SeenAt..]);
        var key = bytes[KeyAt..length];
        if (instant < 0 || !IsPlace(key, seen))
            return false;
        var read = key.IsEmpty ? RawHitPosition.Before(instant) : new RawHitPosition(instant, HitKey.FromValidUtf8(key), seen);
        // The decoder also takes padding, white space and bits that nobody wrote.
        if (Write(read) != text)
            return false;
        position = read;
        return true;
    }

    private static bool IsPlace(ReadOnlySpan<byte> key, long seen) =>
        key.IsEmpty ? seen == 0 : seen > 0 && (HitKey.IsValid(key) || key.SequenceEqual(HitKey.OverflowUtf8));
}
