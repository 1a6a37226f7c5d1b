using System.Buffers;
using System.Buffers.Text;

namespace StatHub.Core.Logs;

/// <summary>
/// The common and the combined log format of Apache and nginx, where wanted behind the virtual host:
/// <c>[host:port ]client ident user [time] "request" status bytes[ "referrer" "user agent"[ …]]</c>. What follows is passed over.
/// </summary>
/// <param name="hasHost">Whether lines begin with the host.</param>
public sealed class CombinedParser(bool hasHost) : ILogParser
{
    /// <summary>The longest line.</summary>
    public const int MaxLineBytes = 128 * 1024;

    // Control characters and a space, quotes and brackets.
    private static readonly SearchValues<byte> NoClient = SearchValues.Create([.. Enumerable.Range(0, 0x21).Select(code => (byte)code), 0x7f, .. "\"'<>\\()[]"u8]);

    private readonly LogText _request = new();
    private readonly LogText _referrer = new();
    private readonly LogText _userAgent = new();

    public LogReason Read(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        if (line.Length > MaxLineBytes)
            return LogReason.TooLong;
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
            return LogReason.Blank;
        if (hasHost && !TryTakeHost(ref line, out entry.Host))
            return LogReason.MissingField;
        if (!TryTakeWord(ref line, out entry.Client))
            return LogReason.MissingField;
        if (!IsClient(entry.Client))
            return LogReason.BadClient;
        if (!TryTakeUser(ref line, out entry.User))
            return LogReason.MissingField;
        if (!TryTakeTime(ref line, out entry.UnixMilliseconds))
            return LogReason.BadTime;
        return ReadAnswer(line, ref entry);
    }

    private LogReason ReadAnswer(ReadOnlySpan<byte> line, ref LogEntry entry)
    {
        if (!TryTakeQuoted(ref line, _request, out entry.Request))
            return line.IsEmpty ? LogReason.MissingField : LogReason.BadQuotes;
        RequestLine.Read(ref entry);
        if (!TryTakeWord(ref line, out var status) || !TryTakeLast(ref line, out var bytes))
            return LogReason.MissingField;
        if (!TryReadStatus(status, out entry.Status))
            return LogReason.BadStatus;
        if (!TryReadBytes(bytes, out entry.Bytes))
            return LogReason.BadBytes;
        // Both are there, or none.
        if (line.IsEmpty || line[0] != '"')
            return LogReason.None;
        return TryTakeQuoted(ref line, _referrer, out entry.Referrer) && TryTakeQuoted(ref line, _userAgent, out entry.UserAgent)
            ? LogReason.None
            : LogReason.BadQuotes;
    }

    /// <summary>The host without its port; a name is not looked at further.</summary>
    private static bool TryTakeHost(scoped ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> host)
    {
        if (!TryTakeWord(ref line, out host))
            return false;
        host = host[..PortOf(host)];
        return true;
    }

    /// <summary>Whether a line begins with a host and its port.</summary>
    public static bool HasPort(ReadOnlySpan<byte> line) => TryTakeWord(ref line, out var host) && PortOf(host) < host.Length && (host[0] == '[' || host.Count((byte)':') == 1);

    /// <summary>Where the colon of a host's port is, which is not one within [2001:db8::1]; its length where there is none.</summary>
    private static int PortOf(ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        return colon > 0 && host[^1] != ']' && colon < host.Length - 1 && !host[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9') ? colon : host.Length;
    }

    /// <summary>An address, which may stand in brackets, or a name of letters, digits and what is between them: no control character, no quote, no other bracket.</summary>
    private static bool IsClient(ReadOnlySpan<byte> text)
    {
        if (text.Length > 255)
            return false;
        if (text.Length > 2 && text[0] == '[' && text[^1] == ']')
            text = text[1..^1];
        return !text.ContainsAny(NoClient);
    }

    /// <summary>Who the client says it is, which nobody believes, and who had signed in; that may have spaces.</summary>
    private static bool TryTakeUser(scoped ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> user)
    {
        user = default;
        if (!TryTakeWord(ref line, out _))
            return false;
        var end = EndOfUser(line);
        if (end < 1)
            return false;
        user = LogText.OrEmpty(line[..end].Trim((byte)'"'));
        line = line[(end + 1)..];
        return true;
    }

    /// <summary>Where the time begins. A user may be called anything, also <c>a [b]</c>; but no server writes him with a quote that is not escaped, and that follows the time.</summary>
    private static int EndOfUser(ReadOnlySpan<byte> line)
    {
        var first = line.IndexOf(" ["u8);
        for (var at = first; at >= 0;)
        {
            var time = line[(at + 2)..];
            if (time.Length > LogTime.Length && time[LogTime.Length..].StartsWith("] \""u8))
                return at;
            var next = line[(at + 1)..].IndexOf(" ["u8);
            at = next < 0 ? -1 : at + 1 + next;
        }
        return first;
    }

    private static bool TryTakeTime(scoped ref ReadOnlySpan<byte> line, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (line.Length < LogTime.Length + 2 || line[LogTime.Length + 1] != ']' || !LogTime.TryParse(line[1..(LogTime.Length + 1)], out unixMilliseconds))
            return false;
        line = line[(LogTime.Length + 2)..].TrimStart((byte)' ');
        return true;
    }

    private static bool TryTakeQuoted(scoped ref ReadOnlySpan<byte> line, LogText buffer, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (line.IsEmpty || line[0] != '"')
            return false;
        var end = LogText.EndOfQuoted(line[1..]);
        if (end < 0)
            return false;
        text = LogText.OrEmpty(buffer.Unescape(line.Slice(1, end)));
        line = line[(end + 2)..].TrimStart((byte)' ');
        return true;
    }

    private static bool TryTakeWord(scoped ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> word)
    {
        var end = line.IndexOf((byte)' ');
        word = end < 0 ? default : line[..end];
        if (end > 0)
            line = line[(end + 1)..].TrimStart((byte)' ');
        return end > 0;
    }

    /// <summary>A word that may be the last.</summary>
    private static bool TryTakeLast(scoped ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> word)
    {
        if (TryTakeWord(ref line, out word))
            return true;
        word = line;
        line = default;
        return !word.IsEmpty;
    }

    private static bool TryReadStatus(ReadOnlySpan<byte> text, out int status)
    {
        status = 0;
        return text.SequenceEqual("-"u8) || (text.Length == 3 && Utf8Parser.TryParse(text, out status, out var used) && used == 3 && status >= 0);
    }

    private static bool TryReadBytes(ReadOnlySpan<byte> text, out long bytes)
    {
        bytes = 0;
        return text.SequenceEqual("-"u8) || (text.Length <= 18 && Utf8Parser.TryParse(text, out bytes, out var used) && used == text.Length && bytes >= 0);
    }
}
