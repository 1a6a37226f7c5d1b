using StatHub.Core.Logs;
using StatHub.Core.Monitor;

namespace StatHub.Cli.Monitor;

/// <summary>A log whose lines go to the monitor.</summary>
internal sealed class MonitoredLog : IDisposable
{
    private readonly ILogInput _input;
    private readonly TrafficMonitor _monitor;
    private readonly TimeProvider _time;
    private readonly LogLines _lines;
    private ILogParser? _parser;
    private bool _isOver;

    /// <summary>Begins with a log.</summary>
    /// <param name="input">The log.</param>
    /// <param name="format">Its format; null to recognise it.</param>
    /// <param name="monitor">Takes its lines.</param>
    /// <param name="time">The clock.</param>
    public MonitoredLog(ILogInput input, LogFormat? format, TrafficMonitor monitor, TimeProvider time)
    {
        (_input, Format, _monitor, _time, _parser, _lines) = (input, format, monitor, time, format?.CreateParser(), new LogLines(ReadLine));
    }

    /// <summary>The log.</summary>
    public ILogInput Input => _input;

    /// <summary>Its format; null until it is recognised.</summary>
    public LogFormat? Format { get; private set; }

    /// <summary>Lines that came before any format was recognised.</summary>
    public bool IsUnrecognised { get; private set; }

    /// <summary>Takes what is there. False when there is nothing at the moment.</summary>
    public bool Read()
    {
        var block = _input.Read();
        if (block.Break == LogBreak.NextFile)
            _lines.End();
        else if (block.Break != LogBreak.None)
            _lines.Restart(isWithin: block.Break == LogBreak.WithinLine);
        // What is read was written by now.
        _monitor.Advance(_time.GetUtcNow());
        if (_parser is null)
            Recognise(block.Bytes.Span);
        _lines.Add(block.Bytes.Span);
        if (_input.IsOver && !_isOver)
            _lines.End();
        _isOver = _input.IsOver;
        return !block.Bytes.IsEmpty;
    }

    public void Dispose() => _input.Dispose();

    private void Recognise(ReadOnlySpan<byte> block)
    {
        var beginning = _input.Beginning.IsEmpty ? block : _input.Beginning.Span;
        if (beginning.IsEmpty)
            return;
        Format = LogFormat.Recognise(beginning) ?? LogFormat.Recognise(block);
        _parser = Format?.CreateParser();
        IsUnrecognised = _parser is null;
    }

    private void ReadLine(ReadOnlySpan<byte> line)
    {
        if (_parser is null)
        {
            _monitor.Add(LogReason.MissingField);
            return;
        }
        for (var reason = _parser.Read(line, out var entry); reason != LogReason.Blank; reason = _parser.ReadNext(out entry))
        {
            if (reason == LogReason.None)
                _monitor.Add(entry);
            else
                _monitor.Add(reason);
        }
    }
}
