using System.Buffers;
using StatHub.Core.Journal;

namespace StatHub.Core.Logs;

/// <summary>Turns a log, block by block, into journal lines and a report. Holds at most one line in memory. Not for several threads.</summary>
public sealed class LogConverter
{
    private readonly ILogParser _parser;
    private readonly LogLine? _writer;
    private readonly LogLines _lines;
    private readonly long _now;
    private IBufferWriter<byte> _target = new ArrayBufferWriter<byte>();
    private bool _isKnown;
    private long _number;

    /// <summary>Begins a log.</summary>
    /// <param name="parser">Reads lines.</param>
    /// <param name="writer">Writes journal lines; null only counts.</param>
    /// <param name="now">The clock: lines of more than a day ahead of it are refused.</param>
    public LogConverter(ILogParser parser, LogLine? writer, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(parser);
        (_parser, _writer, _now) = (parser, writer, now.ToUnixTimeMilliseconds());
        _lines = new LogLines(Read, parser.MaxLineBytes);
    }

    /// <summary>What became of the lines.</summary>
    public LogReport Report { get; private set; } = new();

    /// <summary>Forgets all lines so far: they are known. What follows them may depend on them, and the parser has read them.</summary>
    /// <param name="isWithin">Whether what follows is the rest of a line that is known.</param>
    public void Restart(bool isWithin)
    {
        Report = new LogReport();
        _isKnown = isWithin;
        if (!isWithin)
            _lines.Restart(isWithin: false);
    }

    /// <summary>Takes the next block.</summary>
    public void Add(ReadOnlySpan<byte> block, IBufferWriter<byte> target)
    {
        _target = target;
        _lines.Add(block);
    }

    /// <summary>The log ends, with a newline or without.</summary>
    public void End(IBufferWriter<byte> target)
    {
        _target = target;
        _lines.End();
    }

    private void Read(ReadOnlySpan<byte> line)
    {
        _number++;
        var reason = _parser.Read(line, out var entry);
        // Of a line that is known the parser alone has to know: now it has all of it.
        var isKnown = _isKnown;
        _isKnown = false;
        if (isKnown || reason == LogReason.Blank)
            return;
        Report.NoteLine();
        for (; reason != LogReason.Blank; reason = _parser.ReadNext(out entry))
            Note(reason, entry, line);
    }

    private void Note(LogReason reason, in LogEntry entry, ReadOnlySpan<byte> line)
    {
        if (reason == LogReason.None)
            reason = HitTime.IsInRange(entry.UnixMilliseconds, _now) ? _writer?.Check(entry) ?? reason : LogReason.BadTime;
        if (reason == LogReason.None)
        {
            Report.Note(entry.Bytes);
            _writer?.Write(entry, _target);
            return;
        }
        Report.Note(reason, _number, line);
        if (reason.IsRefused())
            _writer?.WriteRefused(reason, new LogPlace(_number, _lines.LineStart), _target);
    }
}
