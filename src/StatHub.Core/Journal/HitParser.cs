using System.Diagnostics.CodeAnalysis;
using StatHub.Core.Events;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;

namespace StatHub.Core.Journal;

/// <summary>
/// Turns the bytes of one line into a hit or into the reason why it is none. Nothing is allocated for a line; an instance
/// belongs to one thread. It never throws, whatever the bytes are.
/// </summary>
/// <param name="stored">Whether lines are stored ones, in which the key may be <see cref="HitKey.Overflow"/>.</param>
public sealed class HitParser(bool stored = false)
{
    /// <summary>The longest line, in bytes without its newline.</summary>
    public const int MaxLineBytes = 256 * 1024;

    private readonly byte[] _key = new byte[HitKey.MaxBytes * 6 + 16];
    private readonly byte[] _value = new byte[64];
    private byte[] _args = new byte[4096];

    /// <summary>Where the fields of the last line are.</summary>
    public HitLine Line { get; } = new();

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line without its newline.</param>
    /// <param name="file">The name of its file, for lines of the seed's layout.</param>
    /// <param name="nowMilliseconds">The clock, in Unix milliseconds.</param>
    /// <param name="hit">The hit; with another outcome only what was found valid.</param>
    public RejectReason Read(ReadOnlySpan<byte> line, JournalFileName file, long nowMilliseconds, out ParsedHit hit)
    {
        hit = default;
        if (line.Length > MaxLineBytes)
            return RejectReason.TooLong;
        if (!line.IsEmpty && line[^1] == '\r')
            line = line[..^1];
        if (!Line.TryRead(line))
            return RejectReason.Malformed;

        hit.Tenant = Line.Has(HitField.Tenant) ? Line.Text(line, HitField.Tenant) : file.Tenant;
        if (!TenantId.IsValid(hit.Tenant))
        {
            hit.Tenant = default;
            // A file without a tenant in its name and a line without one: that is no journal line at all.
            return Line.Has(HitField.Tenant) || file.Kind == JournalFileKind.PerKey ? RejectReason.BadTenant : RejectReason.Malformed;
        }
        if (Line.Has(HitField.Refused) && Line.Has(HitField.Log))
            return RejectReasons.OfLog(Line.Text(line, HitField.Refused));
        var reason = ReadStatus(line);
        if (reason != RejectReason.None)
            return reason;
        if (!TryReadKey(line, file, out hit.Key))
            return RejectReason.BadKey;
        reason = ReadTime(line, nowMilliseconds, out hit.UnixMilliseconds);
        if (reason != RejectReason.None)
            return reason;
        if (!TryReadValue(line, out hit.Millionths))
            return RejectReason.BadValue;
        hit.ChosenId = ChosenId(line, hit.UnixMilliseconds);
        return RejectReason.None;
    }

    /// <summary>Reads a piece of what stands between two newlines, where a write was cut short.</summary>
    /// <param name="piece">The bytes up to where the next piece or the newline is.</param>
    /// <param name="glued">Whether it ends where the next line begins.</param>
    /// <param name="file">The name of its file, for lines of the seed's layout.</param>
    /// <param name="nowMilliseconds">The clock, in Unix milliseconds.</param>
    /// <param name="hit">The hit; with another outcome only what was found valid.</param>
    public RejectReason ReadPiece(ReadOnlySpan<byte> piece, bool glued, JournalFileName file, long nowMilliseconds, out ParsedHit hit)
    {
        var outcome = Read(piece, file, nowMilliseconds, out hit);
        // A complete object whose newline alone is missing is a hit; any other piece before or behind the break is torn.
        return outcome == RejectReason.Malformed && (glued || piece.StartsWith(HitLine.Beginning)) ? RejectReason.Torn : outcome;
    }

    private RejectReason ReadStatus(ReadOnlySpan<byte> line)
    {
        // What a log says of its own server counts whatever the status is.
        if (!Line.Has(HitField.Status) || Line.Has(HitField.Log))
            return RejectReason.None;
        var status = Line.Text(line, HitField.Status);
        if (status.SequenceEqual("200"u8) || status.SequenceEqual("204"u8) || status.SequenceEqual("304"u8))
            return RejectReason.None;
        return status.SequenceEqual("429"u8) ? RejectReason.Flood : RejectReason.Status;
    }

    private bool TryReadKey(ReadOnlySpan<byte> line, JournalFileName file, out ReadOnlySpan<byte> key)
    {
        key = file.Key;
        if (Line.Has(HitField.Key))
        {
            key = Line.Text(line, HitField.Key);
            // Six bytes of an escape are at least one of the key.
            if (key.Length > HitKey.MaxBytes * 6 || !JsonText.TryUnescape(key, _key, out key))
                return false;
        }
        return HitKey.IsValid(key) || (stored && key.SequenceEqual(HitKey.OverflowUtf8));
    }

    private RejectReason ReadTime(ReadOnlySpan<byte> line, long now, out long unixMilliseconds)
    {
        var found = Line.Has(HitField.Msec)
            ? HitTime.TryParseMsec(Line.Text(line, HitField.Msec), out unixMilliseconds)
            : HitTime.TryParseIso8601(Line.Text(line, HitField.TimeIso8601), out unixMilliseconds);
        if (!found)
            return RejectReason.Malformed;
        return HitTime.IsInRange(unixMilliseconds, now) ? RejectReason.None : RejectReason.TimeOutOfRange;
    }

    /// <summary>A name that the service made for an event of this instant is nobody else's.</summary>
    private ReadOnlySpan<byte> ChosenId(ReadOnlySpan<byte> line, long unixMilliseconds)
    {
        if (!Line.Has(HitField.EventId))
            return [];
        var id = Line.Text(line, HitField.EventId);
        return EventId.TryInstant(id, out var made) && made == unixMilliseconds ? [] : id;
    }

    private bool TryReadValue(ReadOnlySpan<byte> line, out long millionths)
    {
        ReadOnlySpan<byte> encoded;
        if (Line.Has(HitField.Tv))
        {
            encoded = Line.Text(line, HitField.Tv);
        }
        else
        {
            var args = Line.Text(line, HitField.Args);
            if (_args.Length < args.Length)
                _args = new byte[args.Length * 2];
            if (!JsonText.TryUnescape(args, _args, out args) || !QueryArgs.TryGet(args, "tv"u8, out encoded))
                encoded = default;
        }
        millionths = 0;
        // Every byte of a valid value may be percent-encoded in three.
        return encoded.Length <= _value.Length && HitValue.TryParse(QueryArgs.Decode(encoded, _value), out millionths);
    }
}

/// <summary>What a line says, as spans of it and of its parser's buffers: valid until the parser reads the next line.</summary>
[SuppressMessage("Design", "CA1051", Justification = "Spans cannot be captured by properties that a parser fills through out parameters.")]
public ref struct ParsedHit
{
    /// <summary>The tenant's name; empty when it is not valid.</summary>
    public ReadOnlySpan<byte> Tenant;

    /// <summary>The decoded key.</summary>
    public ReadOnlySpan<byte> Key;

    /// <summary>The instant.</summary>
    public long UnixMilliseconds;

    /// <summary>The value of <c>tv</c>, in millionths.</summary>
    public long Millionths;

    /// <summary>What a client calls its event, as it is spelled in the line; empty for other hits.</summary>
    public ReadOnlySpan<byte> ChosenId;
}
