using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Logs.Ringserver;
using StatHub.Core.Tenants;

namespace StatHub.Core.Logs;

/// <summary>
/// Turns lines of logs into journal lines: <c>{"tenant":"demo","key":"pages","msec":1789900000.000,"log":"combined","request":"GET /pages/1 HTTP/1.1","status":200,
/// "args":"a=1","tv":512,"remote_addr":"…", …}</c>. <c>tv</c> is the number of bytes. A line that could not be read becomes one that is refused, so that the ledger has it.
/// </summary>
/// <param name="tenant">Whose log it is.</param>
/// <param name="format">The name of its format.</param>
/// <param name="rule">Which key a line counts for.</param>
/// <param name="transfers">Writes what is said of a stream of ringserver; not needed for access logs.</param>
/// <param name="followed">The log that is followed and how much of it stands before; null where it is read from its beginning.</param>
public sealed class LogLine(TenantId tenant, string format, KeyRule rule, TransferArgs? transfers = null, (string Path, long Offset)? followed = null)
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(octet => (byte)octet), (byte)'"', (byte)'\\']);

    private readonly byte[] _tenant = Encoding.UTF8.GetBytes(tenant.ToString());
    private readonly byte[] _beginning = Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(HitLine.Beginning)}{tenant}\"");
    private readonly byte[] _log = Encoding.UTF8.GetBytes($",\"log\":\"{format}\"");
    private readonly byte[] _key = new byte[HitKey.MaxBytes];

    /// <summary>Why a line that was read does not count for the tenant; <see cref="LogReason.None"/> when it does.</summary>
    public LogReason Check(in LogEntry entry) => entry.Hit.IsEmpty || entry.HitTenant.SequenceEqual(_tenant) ? LogReason.None : LogReason.OtherTenant;

    /// <summary>Writes the journal line of an entry, with its newline.</summary>
    public void Write(in LogEntry entry, IBufferWriter<byte> target)
    {
        if (!entry.Hit.IsEmpty)
        {
            target.Write(entry.Hit);
            target.Write("\n"u8);
            return;
        }
        target.Write(_beginning);
        WriteText(",\"key\":\""u8, _key.AsSpan(0, rule.Write(entry, _key)), target);
        var span = target.GetSpan(64);
        Utf8.TryWrite(span, CultureInfo.InvariantCulture, $",\"msec\":{entry.UnixMilliseconds / 1000}.{entry.UnixMilliseconds % 1000:000}", out var written);
        target.Advance(written);
        target.Write(_log);
        WriteText(",\"request\":\""u8, entry.Request, target);
        WriteNumber(",\"status\":"u8, entry.Status, target);
        var isTransfer = !entry.Transfer.Stream.IsEmpty;
        WriteText(",\"args\":\""u8, isTransfer && transfers is not null ? transfers.Write(entry) : entry.Query, target);
        WriteNumber(",\"tv\":"u8, entry.Bytes, target);
        WriteText(",\"remote_addr\":\""u8, entry.Client, target);
        WriteText(",\"remote_user\":\""u8, entry.User, target);
        WriteText(",\"http_referer\":\""u8, entry.Referrer, target);
        WriteText(",\"http_user_agent\":\""u8, entry.UserAgent, target);
        WriteText(",\"http_host\":\""u8, entry.Host, target);
        if (isTransfer)
            WriteTransfer(entry.Transfer, target);
        target.Write("}\n"u8);
    }

    /// <summary>Writes a journal line for a line that could not be read.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="place">Where it is in what was read.</param>
    /// <param name="target">Takes the line.</param>
    public void WriteRefused(LogReason reason, LogPlace place, IBufferWriter<byte> target)
    {
        target.Write(_beginning);
        target.Write(_log);
        target.Write(",\"refused\":\""u8);
        target.Write(Encoding.ASCII.GetBytes(reason.Name()));
        if (followed is { } log)
        {
            WriteNumber("\",\"offset\":"u8, log.Offset + place.Bytes, target);
            WriteText(",\"path\":\""u8, Encoding.UTF8.GetBytes(log.Path), target);
        }
        else
        {
            WriteNumber("\",\"line\":"u8, place.Number, target);
        }
        target.Write("}\n"u8);
    }

    /// <summary>What is no dimension; the host's name is treated as addresses are.</summary>
    private static void WriteTransfer(in StreamTransfer transfer, IBufferWriter<byte> target)
    {
        WriteText(",\"remote_host\":\""u8, transfer.Host, target);
        WriteText(",\"stream\":\""u8, transfer.Stream, target);
        WriteText(",\"mode\":\""u8, transfer.Mode, target);
        WriteNumber(",\"packets\":"u8, transfer.Packets, target);
    }

    /// <summary>Writes a journal line that says that so many bytes of a followed log went unread; the ledger has it as <c>truncated</c>.</summary>
    public static void WriteTruncated(TenantId tenant, string path, long bytes, IBufferWriter<byte> target)
    {
        target.Write(Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(HitLine.Beginning)}{tenant}\",\"log\":\"followed\",\"refused\":\"truncated\",\"bytes\":{bytes}"));
        WriteText(",\"path\":\""u8, Encoding.UTF8.GetBytes(path), target);
        target.Write("}\n"u8);
    }

    private static void WriteNumber(ReadOnlySpan<byte> name, long number, IBufferWriter<byte> target)
    {
        if (number == 0 && name.SequenceEqual(",\"status\":"u8))
            return;
        var span = target.GetSpan(name.Length + 20);
        name.CopyTo(span);
        number.TryFormat(span[name.Length..], out var digits, default, CultureInfo.InvariantCulture);
        target.Advance(name.Length + digits);
    }

    /// <summary>What is empty is left out. Control characters are escaped as nginx does; bytes that are no UTF-8 stay, and are repaired when the hit is stored.</summary>
    private static void WriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, IBufferWriter<byte> target)
    {
        if (text.IsEmpty)
            return;
        var span = target.GetSpan(name.Length + 6 * text.Length + 1);
        name.CopyTo(span);
        var length = name.Length;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Escaped);
            if (plain < 0)
                plain = text.Length;
            text[..plain].CopyTo(span[length..]);
            length += plain;
            text = text[plain..];
            if (text.IsEmpty)
                break;
            length += Escape(text[0], span[length..]);
            text = text[1..];
        }
        span[length++] = (byte)'"';
        target.Advance(length);
    }

    private static int Escape(byte octet, Span<byte> target)
    {
        target[0] = (byte)'\\';
        if (octet is (byte)'"' or (byte)'\\')
        {
            target[1] = octet;
            return 2;
        }
        "u00"u8.CopyTo(target[1..]);
        target[4] = (byte)('0' + (octet >> 4));
        target[5] = "0123456789abcdef"u8[octet & 15];
        return 6;
    }
}
