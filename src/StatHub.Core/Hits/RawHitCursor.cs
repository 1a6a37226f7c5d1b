using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace StatHub.Core.Hits;

/// <summary>A <see cref="RawHitPosition"/> as the opaque text that clients send back.</summary>
public static class RawHitCursor
{
    private const byte Version = 1;
    private const int Length = 17;

    /// <summary>The text of a position.</summary>
    public static string Write(RawHitPosition position)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], position.UnixMilliseconds);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], position.Seen);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a position; false for a text that <see cref="Write"/> did not make.</summary>
    public static bool TryRead([NotNullWhen(true)] string? text, out RawHitPosition position)
    {
        position = default;
        Span<byte> bytes = stackalloc byte[Length + 1];
        if (text is not { Length: 23 } || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Length
            || bytes[0] != Version)
            return false;
        position = new RawHitPosition(
            BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), BinaryPrimitives.ReadInt64BigEndian(bytes[9..]));
        return position is { UnixMilliseconds: >= 0, Seen: > 0 };
    }
}
