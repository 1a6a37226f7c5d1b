using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StatHub.Core.Journal;

namespace StatHub.Core.Events;

/// <summary>
/// The name of an event: <c>entry_</c> and 32 hexadecimal digits where the service made it, any text of at most <see cref="MaxLength"/>
/// characters where a client did. Two that differ only in case or in the space around them are one.
/// </summary>
public static class EventId
{
    /// <summary>The longest name that a client may choose, in characters.</summary>
    public const int MaxLength = 200;

    private const string Prefix = "entry_";
    private const int InstantDigits = 12;
    private const int MadeLength = 38;
    private const char MadeVersion = '7';

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>How many random bytes a name takes.</summary>
    public const int RandomBytes = 10;

    /// <summary>Makes a name for an event of an instant: the digits are a UUID of version 7 (RFC 9562), which begins with the instant.</summary>
    /// <param name="unixMilliseconds">The instant, so that the event is found again without an index.</param>
    /// <param name="random">What makes it another than every other: <see cref="RandomBytes"/> bytes from a cryptographic generator.</param>
    public static string Make(long unixMilliseconds, ReadOnlySpan<byte> random)
    {
        Span<byte> uuid = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(uuid, ((ulong)unixMilliseconds << 16) | 0x7000 | (uint)((random[0] << 8 | random[1]) & 0x0fff));
        random[2..].CopyTo(uuid[8..]);
        uuid[8] = (byte)((uuid[8] & 0x3f) | 0x80);
        return Prefix + Convert.ToHexStringLower(uuid);
    }

    /// <summary>Makes such a name for an event of a batch that may be sent again: the same for the same batch and place.</summary>
    /// <param name="seed">16 random bytes that only this batch has.</param>
    /// <param name="index">The event's place in the batch, from 0.</param>
    /// <param name="unixMilliseconds">The event's instant.</param>
    public static string MakeRepeatable(ReadOnlySpan<byte> seed, int index, long unixMilliseconds)
    {
        Span<byte> text = stackalloc byte[seed.Length + sizeof(int)];
        seed.CopyTo(text);
        BinaryPrimitives.WriteInt32BigEndian(text[seed.Length..], index);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return Make(unixMilliseconds, hash[..RandomBytes]);
    }

    /// <summary>The instant in a name that has the form of those that the service makes, in Unix milliseconds; false for others.</summary>
    public static bool TryInstant(ReadOnlySpan<char> id, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        id = id.Trim();
        return id.Length == MadeLength
            && id.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && id[Prefix.Length + InstantDigits] == MadeVersion
            && !id[Prefix.Length..].ContainsAnyExcept(HexDigits)
            && long.TryParse(id.Slice(Prefix.Length, InstantDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out unixMilliseconds);
    }

    /// <summary>The same for a name as it is spelled in a journal line.</summary>
    public static bool TryInstant(ReadOnlySpan<byte> id, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (id.Length != MadeLength)
            return false;
        Span<char> text = stackalloc char[MadeLength];
        return Ascii.ToUtf16(id, text, out _) == OperationStatus.Done && TryInstant(text, out unixMilliseconds);
    }

    /// <summary>Whether two names are one.</summary>
    public static bool AreSame(string? left, string? right) =>
        left is not null && right is not null && left.AsSpan().Trim().Equals(right.AsSpan().Trim(), StringComparison.InvariantCultureIgnoreCase);

    /// <summary>The same of a name as it is spelled in a journal line.</summary>
    public static UInt128 Hash(ReadOnlySpan<byte> escaped)
    {
        var text = JsonText.TryUnescape(escaped, new byte[escaped.Length], out var id) ? id : escaped;
        return Hash(Encoding.UTF8.GetString(text));
    }

    /// <summary>What a name that a client chose is remembered as: the first 16 bytes of the SHA-256 of its folded text.</summary>
    [SuppressMessage("Globalization", "CA1308", Justification = "It is hashed, never shown.")]
    public static UInt128 Hash(string id) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id.Trim().ToLowerInvariant())));
}
