using System.Text.Json;
using StatHub.Core.Journal;

namespace StatHub.Core.Logs;

/// <summary>
/// The access log of Caddy 2, an object a line: <c>{"ts":1700000000.123,"request":{"remote_ip":"…","host":"…","method":"GET","uri":"/","proto":"HTTP/2.0",
/// "headers":{"User-Agent":["…"],"Referer":["…"]}},"status":200,"size":12}</c>. Members that are not known are passed over.
/// </summary>
public sealed class CaddyParser : ILogParser
{
    // As seconds it would be the year 5138, as milliseconds it is 1973.
    private const decimal FirstMilliseconds = 100_000_000_000;

    // As milliseconds it would be the year 5138, as nanoseconds it is of January 1970.
    private const decimal FirstNanoseconds = 100_000_000_000_000;
    private const decimal MostNanoseconds = long.MaxValue;

    private readonly byte[] _buffer = new byte[CombinedParser.MaxLineBytes * 2];
    private int _used;

    public LogReason Read(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        _used = 0;
        if (line.Length > CombinedParser.MaxLineBytes)
            return LogReason.TooLong;
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
            return LogReason.Blank;
        try
        {
            return ReadLine(new Utf8JsonReader(line), ref entry);
        }
        catch (JsonException)
        {
            return LogReason.BadJson;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or bytes that are no UTF-8.
            return LogReason.BadJson;
        }
    }

    private LogReason ReadLine(Utf8JsonReader reader, ref LogEntry entry)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return LogReason.BadJson;
        var (hasTime, hasRequest, hasStatus) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Known(ref reader);
            reader.Read();
            switch (name)
            {
                case "ts":
                    if (!TryReadTime(ref reader, out entry.UnixMilliseconds))
                        return LogReason.BadTime;
                    hasTime = true;
                    break;
                case "request" when reader.TokenType == JsonTokenType.StartObject:
                    ReadRequest(ref reader, ref entry);
                    hasRequest = true;
                    break;
                case "status":
                    if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out entry.Status) || entry.Status is < 0 or > 999)
                        return LogReason.BadStatus;
                    hasStatus = true;
                    break;
                case "size":
                    if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out entry.Bytes) || entry.Bytes < 0)
                        return LogReason.BadBytes;
                    break;
                case "user_id":
                    entry.User = Text(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        // Behind it there is nothing.
        reader.Read();
        return hasTime && hasRequest && hasStatus && !entry.Client.IsEmpty ? LogReason.None : LogReason.MissingField;
    }

    private void ReadRequest(scoped ref Utf8JsonReader reader, scoped ref LogEntry entry)
    {
        ReadOnlySpan<byte> real = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Known(ref reader);
            reader.Read();
            switch (name)
            {
                // Behind trusted proxies it is the client's own; elsewhere both are the same.
                case "client_ip": real = Text(ref reader); break;
                case "remote_ip" or "remote_addr": entry.Client = Text(ref reader); break;
                case "host": entry.Host = Text(ref reader); break;
                case "method": entry.Method = Text(ref reader); break;
                case "uri": entry.Target = Text(ref reader); break;
                case "proto": entry.Protocol = Text(ref reader); break;
                case "headers" when reader.TokenType == JsonTokenType.StartObject: ReadHeaders(ref reader, ref entry); break;
                default: reader.Skip(); break;
            }
        }
        if (!real.IsEmpty)
            entry.Client = real;
        entry.Request = Request(entry);
    }

    /// <summary>Headers have lists; of several the first counts.</summary>
    private void ReadHeaders(scoped ref Utf8JsonReader reader, scoped ref LogEntry entry)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Known(ref reader);
            reader.Read();
            if (name is not ("User-Agent" or "Referer") || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }
            reader.Read();
            if (reader.TokenType != JsonTokenType.EndArray)
            {
                if (name == "User-Agent")
                    entry.UserAgent = Text(ref reader);
                else
                    entry.Referrer = Text(ref reader);
                while (reader.TokenType != JsonTokenType.EndArray && reader.Read())
                    reader.Skip();
            }
        }
    }

    private ReadOnlySpan<byte> Request(scoped in LogEntry entry)
    {
        if (entry.Method.IsEmpty)
            return default;
        var request = _buffer.AsSpan(_used);
        var length = Append(request, 0, entry.Method);
        length = Append(request, length, " "u8);
        length = Append(request, length, entry.Target);
        length = Append(request, length, " "u8);
        length = Append(request, length, entry.Protocol);
        _used += length;
        return request[..length];
    }

    private static int Append(Span<byte> target, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(target[at..]);
        return at + text.Length;
    }

    private static string? Known(scoped ref Utf8JsonReader reader)
    {
        foreach (var name in (ReadOnlySpan<string>)["ts", "request", "status", "size", "user_id", "client_ip", "remote_ip", "remote_addr", "host", "method", "uri", "proto", "headers", "User-Agent", "Referer"])
        {
            if (reader.ValueTextEquals(name))
                return name;
        }
        return null;
    }

    /// <summary>A text, unescaped into the buffer; empty for what is none.</summary>
    private ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }
        var length = reader.CopyString(_buffer.AsSpan(_used));
        var text = _buffer.AsSpan(_used, length);
        _used += length;
        return text;
    }

    /// <summary>What <c>time_format</c> may be: seconds with a fraction, milliseconds or nanoseconds; a text of RFC 3339 or ISO 8601, or the time of the common log format. A text without a zone is none.</summary>
    private static bool TryReadTime(scoped ref Utf8JsonReader reader, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.TryGetDateTimeOffset(out var instant))
            {
                unixMilliseconds = instant.ToUnixTimeMilliseconds();
                return true;
            }
            // A zone without a colon.
            var text = reader.ValueSpan;
            return HitTime.TryParseIso8601(text, out unixMilliseconds) || LogTime.TryParse(text, out unixMilliseconds);
        }
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDecimal(out var time) || time is < 0 or >= MostNanoseconds)
            return false;
        unixMilliseconds = (long)(time < FirstMilliseconds ? time * 1000 : time < FirstNanoseconds ? time : time / 1_000_000);
        return true;
    }
}
