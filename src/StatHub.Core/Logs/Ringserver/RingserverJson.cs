using System.Text.Json;

namespace StatHub.Core.Logs.Ringserver;

/// <summary>
/// A client's entry in the JSON form, one line each: <c>{"log_time":"…","client":{"ip":"…","hostname":"…","user_agent":"…"},"transfer_protocol":{"name":"SeedLink"},
/// "transfer_direction":"TX","streams":[{"stream_id":"…","bytes":1,"packets":1}],"transfer_bytes":1}</c>. Members that are not known are passed over.
/// </summary>
internal sealed class RingserverJson
{
    private readonly List<(Range Name, long Bytes, long Packets)> _streams = [];
    private byte[] _text = new byte[4096];
    private int _used;
    private Range _host, _address, _mode, _agent, _direction, _time;
    private bool _hasStreams;
    private ulong? _sum;

    /// <summary>How many streams there are.</summary>
    public int Count => _streams.Count;

    /// <summary>Whether the sum that the line tells is that of its streams, as far as their bytes can be read.</summary>
    public bool IsSum
    {
        get
        {
            UInt128 sum = 0;
            foreach (var stream in _streams)
                sum += (UInt128)Math.Max(stream.Bytes, 0);
            return _sum is null || _sum == sum;
        }
    }

    /// <summary>Forgets the line.</summary>
    public void Clear()
    {
        _streams.Clear();
        (_used, _hasStreams, _sum) = (0, false, null);
        _host = _address = _mode = _agent = _direction = _time = default;
    }

    /// <summary>A stream; its numbers are -1 where they are none.</summary>
    public ReadOnlySpan<byte> Stream(int index, out long bytes, out long packets)
    {
        (var name, bytes, packets) = _streams[index];
        return _text.AsSpan(name);
    }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="client">Whose streams they are; also where the line is wrong, as long as it says when it was and which way they went.</param>
    public LogReason Read(ReadOnlySpan<byte> line, out RingserverClient? client)
    {
        client = null;
        Clear();
        try
        {
            if (!TryReadLine(new Utf8JsonReader(line)))
                return LogReason.BadJson;
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
        return Describe(out client);
    }

    private LogReason Describe(out RingserverClient? client)
    {
        client = null;
        ReadOnlySpan<byte> text = _text;
        if (text[_time].IsEmpty || text[_direction].IsEmpty || !_hasStreams)
            return LogReason.MissingField;
        if (!RingserverClient.IsDirection(text[_direction]))
            return LogReason.BadDirection;
        if (!RingserverTime.TryParse(text[_time], out var at))
            return LogReason.BadTime;
        var address = RingserverClient.AddressOf(text[_address]);
        var host = RingserverClient.IsHost(text[_host]) ? text[_host] : [];
        client = new RingserverClient(at, host.ToArray(), address.ToArray(), text[_mode].ToArray(), text[_agent].ToArray(), text[_direction].ToArray());
        return host.IsEmpty || address.IsEmpty ? LogReason.BadClient : LogReason.None;
    }

    private bool TryReadLine(Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "log_time"u8))
                _time = Text(ref reader);
            else if (Is(ref reader, "transfer_direction"u8))
                _direction = Text(ref reader);
            else if (Is(ref reader, "transfer_bytes"u8))
                _sum = Sum(ref reader);
            else if (Is(ref reader, "client"u8))
                ReadClient(ref reader);
            else if (Is(ref reader, "transfer_protocol"u8))
                ReadProtocol(ref reader);
            else if (Is(ref reader, "streams"u8))
                ReadStreams(ref reader);
            else
                reader.Skip();
        }
        // Behind it there is nothing.
        return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    private void ReadClient(ref Utf8JsonReader reader)
    {
        if (!IsObject(ref reader))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "ip"u8))
                _address = Text(ref reader);
            else if (Is(ref reader, "hostname"u8))
                _host = Text(ref reader);
            else if (Is(ref reader, "user_agent"u8))
                _agent = Text(ref reader);
            else
                reader.Skip();
        }
    }

    private void ReadProtocol(ref Utf8JsonReader reader)
    {
        if (!IsObject(ref reader))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "name"u8))
                _mode = Text(ref reader);
            else
                reader.Skip();
        }
    }

    private void ReadStreams(ref Utf8JsonReader reader)
    {
        _hasStreams = reader.TokenType == JsonTokenType.StartArray;
        if (!_hasStreams)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            _streams.Add(ReadStream(ref reader));
    }

    private (Range Name, long Bytes, long Packets) ReadStream(ref Utf8JsonReader reader)
    {
        (Range Name, long Bytes, long Packets) stream = (default, -1, -1);
        if (!IsObject(ref reader))
            return stream;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "stream_id"u8))
                stream.Name = Text(ref reader);
            else if (Is(ref reader, "bytes"u8))
                stream.Bytes = Number(ref reader);
            else if (Is(ref reader, "packets"u8))
                stream.Packets = Number(ref reader);
            else
                reader.Skip();
        }
        return stream;
    }

    /// <summary>Whether an object begins; anything else is passed over.</summary>
    private static bool IsObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
            return true;
        reader.Skip();
        return false;
    }

    /// <summary>Whether a member has a name; then its value is next.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name) && reader.Read();

    private static long Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt64(out var number) && StreamLine.IsNumber(number) ? number : -1;
        reader.Skip();
        return -1;
    }

    /// <summary>What is no number is no sum of any streams.</summary>
    private static ulong Sum(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var sum))
            return sum;
        reader.Skip();
        return ulong.MaxValue;
    }

    /// <summary>A text, unescaped; empty for what is none.</summary>
    private Range Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }
        if (_text.Length - _used < reader.ValueSpan.Length)
            Array.Resize(ref _text, 2 * (_used + reader.ValueSpan.Length));
        var start = _used;
        _used += reader.CopyString(_text.AsSpan(start));
        return start.._used;
    }
}
