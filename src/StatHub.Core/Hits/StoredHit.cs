using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Journal;
using StatHub.Core.Privacy;
using StatHub.Core.Sketches;
using StatHub.Core.Tenants;
using StatHub.Core.Time;

namespace StatHub.Core.Hits;

/// <summary>
/// The raw hit as it is stored and served: the journal's object with <c>time</c>, <c>tenant</c> and <c>key</c> in front, always
/// at the same places, so that readers compare bytes instead of parsing:
/// <c>{"time":"2026-11-22T02:30:00.123Z","tenant":"demo","key":"home",…}</c>. Behind the journal's fields comes what was found
/// out when the line was counted: <c>"bot":"crawler"</c> for a bot's, <c>"visitor":"m2K_x4Qa"</c> and <c>"country":"DE"</c> where they are known.
/// </summary>
public static class StoredHit
{
    private const int TimeAt = 9;
    private const int TimeLength = 24;
    private const int BehindTime = TimeAt + TimeLength;
    private const int TenantAt = BehindTime + 12;

    // A bit for each field.
    private const uint LeftOutFields = (1u << (int)HitField.Tenant) | (1u << (int)HitField.Key) | (1u << (int)HitField.Reserved);
    private const uint AddressFields = (1u << (int)HitField.RemoteAddr) | (1u << (int)HitField.ForwardedFor) | (1u << (int)HitField.OtherAddress);

    private static ReadOnlySpan<byte> Beginning => "{\"time\":\""u8;

    private static ReadOnlySpan<byte> BeforeKey => "\",\"key\":\""u8;

    private static ReadOnlySpan<byte> BotLabel => ",\"bot\":\""u8;

    /// <summary>Appends the stored form of a line, with its newline.</summary>
    /// <param name="hit">The parsed hit.</param>
    /// <param name="line">Its journal line.</param>
    /// <param name="members">Where the line's fields are.</param>
    /// <param name="labels">What was found out about it.</param>
    /// <param name="addresses">What becomes of addresses.</param>
    /// <param name="target">Where to.</param>
    public static void Write(
        in ParsedHit hit, ReadOnlySpan<byte> line, ReadOnlySpan<HitLine.Member> members, HitDimensions labels, AddressTreatment addresses,
        IBufferWriter<byte> target)
    {
        // Escaping at most doubles the key, truncating at most doubles an address list and adds 64 bytes.
        var span = target.GetSpan(256 + hit.Tenant.Length + hit.Key.Length * 2 + line.Length * 2 + members.Length * 64);
        var length = WriteFront(hit, span);
        length += WriteMembers(members, line, addresses, span[length..]);
        length += WriteLabels(labels, span[length..]);
        "}\n"u8.CopyTo(span[length..]);
        length += 2;
        if (Utf8.IsValid(line))
            target.Advance(length);
        else
            WriteRepaired(span[..length].ToArray(), target);
    }

    /// <summary>Appends a stored line, with its newline, under another label of a bot.</summary>
    /// <param name="line">The stored line, without a newline.</param>
    /// <param name="members">Where its fields are.</param>
    /// <param name="bot">Why it is taken for a bot's now.</param>
    /// <param name="target">Where to.</param>
    public static void WriteRelabelled(ReadOnlySpan<byte> line, ReadOnlySpan<HitLine.Member> members, BotReason bot, IBufferWriter<byte> target)
    {
        // Labels stand at the end, that of a bot before the others.
        var (from, to) = (line.Length - 1, line.Length - 1);
        for (var i = members.Length - 1; i >= 0 && members[i].Field == HitField.Reserved && members[i].Start > BehindTime; i--)
        {
            from = members[i].Start - 1;
            to = line[(members[i].Start + 1)..].StartsWith("bot\""u8) ? members[i].End : from;
        }
        var span = target.GetSpan(line.Length + 64);
        var length = Append(span, line[..from]);
        if (bot != BotReason.None)
            length += WriteLabel(BotLabel, bot.Text().Span, span[length..]);
        length += Append(span[length..], line[to..]);
        span[length++] = (byte)'\n';
        target.Advance(length);
    }

    /// <summary>The instant of a stored line, in Unix milliseconds.</summary>
    /// <exception cref="InvalidDataException">The line does not begin with an instant: it is no stored line.</exception>
    public static long UnixMilliseconds(ReadOnlySpan<byte> line) => TryUnixMilliseconds(line, out var instant)
        ? instant
        : throw new InvalidDataException("A line does not begin with its instant.");

    /// <summary>The instant of a stored line, in Unix milliseconds; false for what is none.</summary>
    public static bool TryUnixMilliseconds(ReadOnlySpan<byte> line, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (line.Length < BehindTime || !line.StartsWith(Beginning))
            return false;
        var text = line.Slice(TimeAt, TimeLength);
        var (year, month, date) = (Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2));
        if (year is < 1 or > 9999 || month is < 1 or > 12 || date < 1 || date > DateTime.DaysInMonth(year, month))
            return false;
        var day = UtcDay.Of(new DateOnly(year, month, date));
        unixMilliseconds = ((((day * 24L + Digits(text, 11, 2)) * 60) + Digits(text, 14, 2)) * 60 + Digits(text, 17, 2)) * 1000 + Digits(text, 20, 3);
        return true;
    }

    /// <summary>The instant as the line has it: texts of one length, in the order of instants.</summary>
    public static ReadOnlySpan<byte> TimeText(ReadOnlySpan<byte> line) => line.Slice(TimeAt, TimeLength);

    /// <summary>The bytes that follow the time in every line of a key.</summary>
    public static byte[] KeyMark(TenantId tenant, HitKey key)
    {
        var escaped = StoredKey.Escape(Encoding.UTF8.GetBytes(key.ToString()));
        return [.. Encoding.UTF8.GetBytes($"\",\"tenant\":\"{tenant}\",\"key\":\""), .. escaped, (byte)'"'];
    }

    /// <summary>Whether a stored line is of the key with this mark.</summary>
    public static bool HasMark(ReadOnlySpan<byte> line, ReadOnlySpan<byte> mark) => line[BehindTime..].StartsWith(mark);

    /// <summary>The key of a stored line, as it is spelled there.</summary>
    /// <param name="line">The line.</param>
    /// <param name="keyAt">Where keys begin in the lines of its tenant, from <see cref="KeyAt"/>.</param>
    /// <exception cref="InvalidDataException">The line has no key: it is no stored line.</exception>
    public static ReadOnlySpan<byte> EscapedKey(ReadOnlySpan<byte> line, int keyAt) =>
        StoredKey.End(line, keyAt) is var end && end < line.Length ? line[keyAt..end] : throw NoKey();

    /// <summary>
    /// What stored lines of one instant and key begin with, and no others: all up to the quote that ends the key. False for
    /// what is no stored line.
    /// </summary>
    public static bool TryFront(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> front, out HitKey key)
    {
        front = default;
        key = default;
        if (!TryUnixMilliseconds(line, out _) || line.Length < TenantAt)
            return false;
        var quote = line[TenantAt..].IndexOf((byte)'"');
        if (quote < 0 || !line[(TenantAt + quote)..].StartsWith(BeforeKey))
            return false;
        var start = TenantAt + quote + BeforeKey.Length;
        var end = StoredKey.End(line, start);
        if (end >= line.Length || !StoredKey.TryParse(line[start..end], out key))
            return false;
        front = line[..(end + 1)];
        return true;
    }

    /// <summary>Where keys begin in the lines of the tenant that a line is of.</summary>
    /// <exception cref="InvalidDataException">The line has no tenant: it is no stored line.</exception>
    public static int KeyAt(ReadOnlySpan<byte> line)
    {
        var quote = line.Length < TenantAt ? -1 : line[TenantAt..].IndexOf((byte)'"');
        return quote < 0 ? throw NoKey() : TenantAt + quote + BeforeKey.Length;
    }

    private static InvalidDataException NoKey() => new("A line has no key.");

    private static int WriteFront(in ParsedHit hit, Span<byte> span)
    {
        Beginning.CopyTo(span);
        WriteTime(hit.UnixMilliseconds, span.Slice(TimeAt, TimeLength));
        var length = BehindTime;
        length += Append(span[length..], "\",\"tenant\":\""u8);
        length += Append(span[length..], hit.Tenant);
        length += Append(span[length..], BeforeKey);
        length += JsonText.Escape(hit.Key, span[length..]);
        span[length++] = (byte)'"';
        return length;
    }

    private static int WriteLabels(HitDimensions labels, Span<byte> span)
    {
        var length = 0;
        if (labels.Bot != BotReason.None)
            length += WriteLabel(BotLabel, labels.Bot.Text().Span, span);
        if (labels.Visitor is { } visitor)
        {
            Span<byte> text = stackalloc byte[VisitorHash.TextBytes];
            VisitorHash.Write(visitor, text);
            length += WriteLabel(",\"visitor\":\""u8, text, span[length..]);
        }
        if (labels.Value(Dimension.Country) is { IsEmpty: false } country)
            length += WriteLabel(",\"country\":\""u8, country, span[length..]);
        return length;
    }

    /// <summary>The text is of a closed list or base64url, so nothing in it needs an escape.</summary>
    private static int WriteLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, Span<byte> span)
    {
        var length = Append(span, name);
        length += Append(span[length..], text);
        span[length] = (byte)'"';
        return length + 1;
    }

    private static int WriteMembers(ReadOnlySpan<HitLine.Member> members, ReadOnlySpan<byte> line, AddressTreatment addresses, Span<byte> span)
    {
        var treated = addresses == AddressTreatment.Full ? 0 : AddressFields;
        var length = 0;
        for (var i = 0; i < members.Length; i++)
        {
            if (IsOneOf(members[i].Field, LeftOutFields))
                continue;
            span[length++] = (byte)',';
            if (IsOneOf(members[i].Field, treated))
            {
                length += WriteAddress(members[i], line, addresses, span[length..]);
                continue;
            }
            // What stays as it is, and stands together, is copied at once.
            var start = members[i].Start;
            while (i + 1 < members.Length && members[i + 1].Start == members[i].End + 1 && !IsOneOf(members[i + 1].Field, LeftOutFields | treated))
                i++;
            length += Append(span[length..], line[start..members[i].End]);
        }
        return length;
    }

    private static bool IsOneOf(HitField field, uint fields) => ((1u << (int)field) & fields) != 0;

    private static int WriteAddress(HitLine.Member member, ReadOnlySpan<byte> line, AddressTreatment addresses, Span<byte> span)
    {
        var length = Append(span, line[member.Start..member.ValueStart]);
        span[length++] = (byte)'"';
        if (addresses == AddressTreatment.Truncated && line[member.ValueStart] == '"')
            length += AddressText.Truncate(line[(member.ValueStart + 1)..(member.End - 1)], span[length..]);
        span[length++] = (byte)'"';
        return length;
    }

    /// <summary>nginx leaves invalid UTF-8 as it came; what is stored must be JSON.</summary>
    private static void WriteRepaired(ReadOnlySpan<byte> written, IBufferWriter<byte> target) =>
        target.Write(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(written)));

    private static void WriteTime(long unixMilliseconds, Span<byte> target)
    {
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime;
        // "O" is 2026-11-22T02:30:00.1230000Z.
        Span<byte> text = stackalloc byte[33];
        Utf8Formatter.TryFormat(instant, text, out _, new StandardFormat('O'));
        text[..(TimeLength - 1)].CopyTo(target);
        target[TimeLength - 1] = (byte)'Z';
    }

    private static int Append(Span<byte> target, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target);
        return bytes.Length;
    }

    private static int Digits(ReadOnlySpan<byte> text, int at, int count)
    {
        var number = 0;
        for (var i = at; i < at + count; i++)
            number = number * 10 + (text[i] - '0');
        return number;
    }
}
