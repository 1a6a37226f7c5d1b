using System.Buffers;

namespace StatHub.Core.Logs;

/// <summary>Turns a log, block by block, into journal lines and a report. Holds at most one line in memory. Not for several threads.</summary>
/// <param name="parser">Reads lines.</param>
/// <param name="writer">Writes journal lines; null only counts.</param>
public sealed class LogConverter(ILogParser parser, LogLine? writer)
{
    private readonly byte[] _begun = new byte[CombinedParser.MaxLineBytes + 1];
    private int _begunLength;
    private bool _isSkipping;
    private long _number;

    /// <summary>What became of the lines.</summary>
    public LogReport Report { get; private set; } = new();

    /// <summary>Forgets all lines so far: they are known.</summary>
    /// <param name="isWithin">Whether what follows is the rest of a line that is known.</param>
    public void Restart(bool isWithin)
    {
        Report = new LogReport();
        (_begunLength, _isSkipping) = (0, isWithin);
        // A known line whose end follows has its number too.
        if (isWithin)
            _number++;
    }

    /// <summary>Takes the next block.</summary>
    public void Add(ReadOnlySpan<byte> block, IBufferWriter<byte> target)
    {
        while (block.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = block[..end];
            if (_isSkipping)
                _isSkipping = false;
            else if (_begunLength > 0)
                Read(Joined(line), target);
            else
                Read(line, target);
            _begunLength = 0;
            block = block[(end + 1)..];
        }
        if (!_isSkipping)
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
        more = more[..Math.Min(more.Length, _begun.Length - _begunLength)];
        more.CopyTo(_begun.AsSpan(_begunLength));
        _begunLength += more.Length;
        return _begun.AsSpan(0, _begunLength);
    }

    private void Read(ReadOnlySpan<byte> line, IBufferWriter<byte> target)
    {
        _number++;
        var reason = parser.Read(line, out var entry);
        if (reason == LogReason.Blank)
            return;
        if (reason == LogReason.None)
        {
            Report.Note(entry.Bytes);
            writer?.Write(entry, target);
            return;
        }
        Report.Note(reason, _number, line);
        writer?.WriteRefused(reason, target);
    }
}
