using System.Buffers.Text;
using StatHub.Core.Hits;
using StatHub.Core.Journal;

namespace StatHub.Core.Logs;

/// <summary>StatHub's own journal lines, as the shipped configuration of nginx writes them: hits already, that go into the journal as they are.</summary>
public sealed class StatHubParser : ILogParser
{
    private readonly HitLine _line = new();
    private byte[] _text = new byte[4096];
    private int _used;

    public int MaxLineBytes => HitParser.MaxLineBytes;

    public LogReason Read(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        _used = 0;
        if (line.Length > MaxLineBytes)
            return LogReason.TooLong;
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
            return LogReason.Blank;
        // A line within a line could be taken for one of another tenant.
        if (!line.StartsWith(HitLine.Beginning) || HitLine.NextBeginning(line) > 0 || !_line.TryRead(line))
            return LogReason.BadJson;
        if (!TryReadTime(line, out entry.UnixMilliseconds))
            return LogReason.BadTime;
        if (_text.Length < line.Length)
            _text = new byte[line.Length];
        entry.Hit = line;
        entry.HitTenant = _line.Text(line, HitField.Tenant);
        entry.Client = Text(line, HitField.RemoteAddr);
        entry.User = Text(line, HitField.RemoteUser);
        entry.Host = Text(line, HitField.Host);
        entry.Referrer = Text(line, HitField.Referer);
        entry.UserAgent = Text(line, HitField.UserAgent);
        entry.Request = Text(line, HitField.Request);
        RequestLine.Read(ref entry);
        return TryReadStatus(line, out entry.Status) ? LogReason.None : LogReason.BadStatus;
    }

    private bool TryReadTime(ReadOnlySpan<byte> line, out long unixMilliseconds) => _line.Has(HitField.Msec)
        ? HitTime.TryParseMsec(_line.Text(line, HitField.Msec), out unixMilliseconds)
        : HitTime.TryParseIso8601(_line.Text(line, HitField.TimeIso8601), out unixMilliseconds);

    private bool TryReadStatus(ReadOnlySpan<byte> line, out int status)
    {
        status = 0;
        var text = _line.Text(line, HitField.Status);
        return text.IsEmpty || (Utf8Parser.TryParse(text, out status, out var used) && used == text.Length && status is >= 0 and <= 999);
    }

    /// <summary>A text, unescaped; empty for half a surrogate pair, which no text can hold.</summary>
    private ReadOnlySpan<byte> Text(ReadOnlySpan<byte> line, HitField field)
    {
        if (!JsonText.TryUnescape(_line.Text(line, field), _text.AsSpan(_used), out var text))
            return default;
        // What had no escape is where it was.
        if (_text.AsSpan(_used).Overlaps(text))
            _used += text.Length;
        return LogText.OrEmpty(text);
    }
}
