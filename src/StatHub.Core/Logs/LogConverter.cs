using System.Buffers;

namespace StatHub.Core.Logs;

/// <summary>Turns a log, block by block, into journal lines and a report. Holds at most one line in memory. Not for several threads.</summary>
/// <param name="parser">Reads lines.</param>
/// <param name="writer">Writes journal lines; null only counts.</param>
public sealed class LogConverter(ILogParser parser, LogLine? writer)
{
    // One byte more than a line may have shows that it is too long.
    private readonly int _mostBegun = parser.MaxLineBytes + 1;
    private byte[] _begun = new byte[Math.Min(parser.MaxLineBytes, CombinedParser.MaxLineBytes) + 1];
    private int _begunLength;
    private bool _isKnown;
    private long _number;

    /// <summary>What became of the lines.</summary>
    public LogReport Report { get; private set; } = new();

    /// <summary>Forgets all lines so far: they are known. What follows them may depend on them, and the parser has read them.</summary>
    /// <param name="isWithin">Whether what follows is the rest of a line that is known.</param>
    public void Restart(bool isWithin)
    {
        Report = new LogReport();
        _isKnown = isWithin;
        if (!isWithin)
            _begunLength = 0;
    }

    /// <summary>Takes the next block.</summary>
    public void Add(ReadOnlySpan<byte> block, IBufferWriter<byte> target)
    {
        while (block.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = block[..end];
            Read(_begunLength > 0 ? Joined(line) : line, target);
            _begunLength = 0;
            block = block[(end + 1)..];
        }
        Joined(block);
    }

    /// <summary>The log ends, with a newline or without.</summary>
    public void End(IBufferWriter<byte> target)
    {
        if (_begunLength > 0)
            Read(_begun.AsSpan(0, _begunLength), target);
        _begunLength = 0;
    }

    /// <summary>What was begun and more of it; of a line that is too long only as much as shows that.</summary>
    private ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> more)
    {
        more = more[..Math.Min(more.Length, _mostBegun - _begunLength)];
        if (_begun.Length < _begunLength + more.Length)
            Array.Resize(ref _begun, Math.Min(_mostBegun, 2 * (_begunLength + more.Length)));
        more.CopyTo(_begun.AsSpan(_begunLength));
        _begunLength += more.Length;
        return _begun.AsSpan(0, _begunLength);
    }

    private void Read(ReadOnlySpan<byte> line, IBufferWriter<byte> target)
    {
        _number++;
        var reason = parser.Read(line, out var entry);
        // Of a line that is known the parser alone has to know: now it has all of it.
        var isKnown = _isKnown;
        _isKnown = false;
        if (isKnown || reason == LogReason.Blank)
            return;
        Report.NoteLine();
        for (; reason != LogReason.Blank; reason = parser.ReadNext(out entry))
            Note(reason, entry, line, target);
    }

    private void Note(LogReason reason, in LogEntry entry, ReadOnlySpan<byte> line, IBufferWriter<byte> target)
    {
        if (reason == LogReason.None)
        {
            Report.Note(entry.Bytes);
            writer?.Write(entry, target);
            return;
        }
        Report.Note(reason, _number, line);
        if (reason.IsRefused())
            writer?.WriteRefused(reason, target);
    }
}
