namespace StatHub.Core.Logs.Ringserver;

/// <summary>
/// The transfer logs of ringserver: entries of clients with START, streams and END up to 4, and JSON lines from 4.3 on. A line of a stream belongs to the START before it, so a parser
/// has to see a log from its beginning.
/// </summary>
public sealed class RingserverParser : ILogParser
{
    // An entry in JSON is one line, with some 80 bytes for each of thousands of streams.
    private const int LongestLine = 4 * 1024 * 1024;

    private readonly RingserverBlock _block = new();
    private readonly RingserverJson _json = new();
    private readonly StreamName _name = new();
    private readonly Queue<LogReason> _faults = new();
    private RingserverClient? _client;
    private int _next;

    public int MaxLineBytes => LongestLine;

    public bool HasContext => true;

    public LogReason Read(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        _faults.Clear();
        _client = null;
        if (line.Length > LongestLine)
            return LogReason.TooLong;
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
            return LogReason.Blank;
        if (line[0] == '{')
            return ReadJson(line);
        if (line.StartsWith(StartLine.Beginning))
            return _block.Start(line, _faults);
        return line.StartsWith(EndLine.Beginning) ? _block.End(line) : ReadStream(line, ref entry);
    }

    public LogReason ReadNext(out LogEntry entry)
    {
        entry = default;
        if (_faults.TryDequeue(out var fault))
            return fault;
        if (_client is null)
            return LogReason.Blank;
        if (_next < _json.Count)
            return ReadJsonStream(_client, _next++, ref entry);
        _client = null;
        return _json.IsSum ? LogReason.Blank : LogReason.BadSum;
    }

    private LogReason ReadStream(ReadOnlySpan<byte> line, ref LogEntry entry)
    {
        var reason = StreamLine.Read(line, out var name, out entry.Bytes, out entry.Transfer.Packets);
        if (reason == LogReason.None && !_name.TryRead(name, ref entry.Transfer))
            reason = LogReason.BadStream;
        // The sum has the bytes of every line that tells them.
        if (!_block.TryAdd(entry.Bytes, ref entry) && reason == LogReason.None)
            reason = LogReason.NoStart;
        return reason;
    }

    private LogReason ReadJson(ReadOnlySpan<byte> line)
    {
        _next = 0;
        var reason = _json.Read(line, out _client);
        if (_client is null)
            return reason;
        if (reason != LogReason.None)
            _faults.Enqueue(reason);
        return LogReason.Begins;
    }

    private LogReason ReadJsonStream(RingserverClient client, int index, ref LogEntry entry)
    {
        var name = _json.Stream(index, out entry.Bytes, out entry.Transfer.Packets);
        client.Describe(ref entry);
        if (entry.Bytes < 0 || entry.Transfer.Packets < 0)
            return LogReason.BadBytes;
        return _name.TryRead(name, ref entry.Transfer) ? LogReason.None : LogReason.BadStream;
    }
}
