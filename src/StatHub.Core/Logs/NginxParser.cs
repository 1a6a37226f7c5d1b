using System.Buffers.Text;
using StatHub.Core.Journal;

namespace StatHub.Core.Logs;

/// <summary>Reads lines of a <c>log_format</c> of nginx. A variable goes up to the text behind it; between quotes an escaped quote does not end it.</summary>
internal sealed class NginxParser(NginxFormat format) : ILogParser
{
    private readonly LogText[] _texts = [.. format.Parts.Select(_ => new LogText())];
    private byte[] _request = new byte[1024];

    public LogReason Read(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        if (line.Length > CombinedParser.MaxLineBytes)
            return LogReason.TooLong;
        line = line.TrimEnd("\r"u8);
        if (line.Trim(" \t"u8).IsEmpty)
            return LogReason.Blank;
        if (!line.StartsWith(format.Beginning))
            return LogReason.MissingField;
        var isQuoted = format.Beginning is [.., (byte)'"'];
        line = line[format.Beginning.Length..];
        ReadOnlySpan<byte> query = default;
        for (var i = 0; i < format.Parts.Count; i++)
        {
            var (variable, behind) = format.Parts[i];
            // A time has a space in it, and always the same length.
            var least = variable == NginxVariable.TimeLocal && behind is [(byte)' ', ..] ? LogTime.Length : 0;
            if (!TryTake(ref line, behind, isQuoted, least, out var value))
                return isQuoted ? LogReason.BadQuotes : LogReason.MissingField;
            isQuoted = behind is [.., (byte)'"'];
            // What is not known is no number either.
            if (variable is NginxVariable.Status or NginxVariable.Bytes && value.SequenceEqual("-"u8))
                continue;
            value = LogText.OrEmpty(_texts[i].Unescape(value));
            if (variable == NginxVariable.Query)
                query = value;
            else if (Set(variable, value, ref entry) is var reason and not LogReason.None)
                return reason;
        }
        Complete(ref entry, query);
        return LogReason.None;
    }

    /// <summary>What follows the last variable is passed over when it has more.</summary>
    private static bool TryTake(scoped ref ReadOnlySpan<byte> line, ReadOnlySpan<byte> behind, bool isQuoted, int least, out ReadOnlySpan<byte> value)
    {
        value = line;
        if (behind.IsEmpty)
        {
            line = default;
            return true;
        }
        least = Math.Min(least, line.Length);
        var found = isQuoted && behind[0] == '"' ? LogText.EndOfQuoted(line[least..]) : line[least..].IndexOf(behind);
        var end = least + found;
        if (found < 0 || !line[end..].StartsWith(behind))
            return false;
        value = line[..end];
        line = line[(end + behind.Length)..];
        return true;
    }

    private static LogReason Set(NginxVariable variable, ReadOnlySpan<byte> value, ref LogEntry entry)
    {
        switch (variable)
        {
            case NginxVariable.Client: entry.Client = value; break;
            case NginxVariable.User: entry.User = value; break;
            case NginxVariable.Request: entry.Request = value; break;
            case NginxVariable.Method: entry.Method = value; break;
            case NginxVariable.Target or NginxVariable.Path when entry.Target.IsEmpty || variable == NginxVariable.Target: entry.Target = value; break;
            case NginxVariable.Protocol: entry.Protocol = value; break;
            case NginxVariable.Referrer: entry.Referrer = value; break;
            case NginxVariable.UserAgent: entry.UserAgent = value; break;
            case NginxVariable.Host: entry.Host = value; break;
            case NginxVariable.TimeLocal when !LogTime.TryParse(value, out entry.UnixMilliseconds): return LogReason.BadTime;
            case NginxVariable.TimeIso8601 when !HitTime.TryParseIso8601(value, out entry.UnixMilliseconds): return LogReason.BadTime;
            case NginxVariable.Msec when value.IsEmpty || !HitTime.TryParseMsec(value, out entry.UnixMilliseconds): return LogReason.BadTime;
            case NginxVariable.Status when !(value.Length == 3 && Utf8Parser.TryParse(value, out entry.Status, out var used) && used == 3 && entry.Status >= 0): return LogReason.BadStatus;
            case NginxVariable.Bytes when !(Utf8Parser.TryParse(value, out entry.Bytes, out var used) && used == value.Length && entry.Bytes >= 0): return LogReason.BadBytes;
        }
        return LogReason.None;
    }

    /// <summary>What the request line says, or the line of what was said apart.</summary>
    private void Complete(ref LogEntry entry, ReadOnlySpan<byte> query)
    {
        if (!entry.Request.IsEmpty)
        {
            RequestLine.Read(ref entry);
            return;
        }
        if (entry.Target.IsEmpty)
            return;
        var most = entry.Method.Length + entry.Target.Length + query.Length + entry.Protocol.Length + 3;
        if (_request.Length < most)
            _request = new byte[most];
        var length = Append(0, entry.Method, " "u8);
        var target = length;
        length = Append(length, entry.Target, entry.Target.Contains((byte)'?') || query.IsEmpty ? default : "?"u8);
        length = Append(length, entry.Target.Contains((byte)'?') ? default : query, default);
        entry.Target = _request.AsSpan(target, length - target);
        length = Append(Append(length, default, " "u8), entry.Protocol, default);
        entry.Request = _request.AsSpan(0, length).Trim((byte)' ');
    }

    private int Append(int at, ReadOnlySpan<byte> text, ReadOnlySpan<byte> behind)
    {
        text.CopyTo(_request.AsSpan(at));
        behind.CopyTo(_request.AsSpan(at + text.Length));
        return at + text.Length + behind.Length;
    }
}
