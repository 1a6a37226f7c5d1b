using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace StatHub.Core.Hits.Formats;

/// <summary>The fields of one stored line, by column. Fields that are no column are left out; absent ones are empty.</summary>
internal sealed class HitColumns
{
    /// <summary>The columns of every table, in their order; new ones are only ever added at the end.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "time", "tenant", "key", "msec", "time_iso8601", "request", "status", "args", "remote_addr", "remote_user",
        "http_referer", "http_user_agent", "http_x_forwarded_for", "http_accept_language", "http_host", "http_dnt",
        "http_sec_gpc", "connection", "connection_requests", "request_time", "bot", "visitor", "country",
    ];

    private const int Time = 0;
    private const int Milliseconds = 3;

    private static readonly byte[][] NameBytes = [.. Names.Select(Encoding.UTF8.GetBytes)];

    private readonly (int Start, int Length, bool IsText)[] _values = new (int, int, bool)[Names.Count];
    private byte[] _text = new byte[4096];
    private int _length;

    /// <summary>The value of a column in the line that was read last.</summary>
    public ReadOnlySpan<byte> Value(int column, out bool isText)
    {
        var (start, length, text) = _values[column];
        isText = text;
        return _text.AsSpan(start, length);
    }

    /// <summary>Takes a stored line apart.</summary>
    public void Read(ReadOnlySpan<byte> line)
    {
        Array.Clear(_values);
        _length = 0;
        if (!Utf8.IsValid(line))
            line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line));
        // Unescaping never makes a text longer; the time may have to be written besides.
        if (_text.Length < line.Length + 32)
            _text = new byte[2 * line.Length + 32];
        var reader = new Utf8JsonReader(line);
        reader.Read();
        var expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var column = Find(ref reader, expected);
            reader.Read();
            if (column >= 0)
            {
                Keep(column, ref reader, line);
                expected = column + 1;
            }
            else
            {
                reader.Skip();
            }
        }
        if (_values[Time].Length == 0)
            KeepTimeOfMilliseconds();
    }

    // Lines have their fields in nearly the order of the columns.
    private static int Find(ref Utf8JsonReader reader, int expected)
    {
        for (var i = 0; i < NameBytes.Length; i++)
        {
            var column = (expected + i) % NameBytes.Length;
            if (reader.ValueTextEquals(NameBytes[column]))
                return column;
        }
        return -1;
    }

    private void Keep(int column, ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        var space = _text.AsSpan(_length);
        var length = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                length = CopyText(ref reader, space);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var nested = line[start..(int)reader.BytesConsumed];
                nested.CopyTo(space);
                length = nested.Length;
                break;
            case JsonTokenType.Null:
                break;
            default:
                reader.ValueSpan.CopyTo(space);
                length = reader.ValueSpan.Length;
                break;
        }
        _values[column] = (_length, length, reader.TokenType is JsonTokenType.String or JsonTokenType.EndObject or JsonTokenType.EndArray);
        _length += length;
    }

    private static int CopyText(ref Utf8JsonReader reader, Span<byte> space)
    {
        try
        {
            return reader.CopyString(space);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which JSON can escape and UTF-8 cannot hold: the escapes stay as they are.
            reader.ValueSpan.CopyTo(space);
            return reader.ValueSpan.Length;
        }
    }

    private void KeepTimeOfMilliseconds()
    {
        if (!decimal.TryParse(Value(Milliseconds, out _), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or >= 253_402_300_799)
            return;
        var instant = DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
        instant.UtcDateTime.TryFormat(
            _text.AsSpan(_length), out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        _values[Time] = (_length, length, false);
        _length += length;
    }
}
