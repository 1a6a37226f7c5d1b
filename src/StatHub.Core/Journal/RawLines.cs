using System.Buffers;

namespace StatHub.Core.Journal;

/// <summary>Stored lines of one tenant and UTC day, as a batch collects them.</summary>
public sealed class RawLines : IDisposable
{
    private readonly PooledBuffer _bytes = new();
    private readonly List<Line> _lines = [];
    private bool _inOrder = true;

    /// <summary>One line, with its newline.</summary>
    private readonly record struct Line(long UnixMilliseconds, int Start, int Length);

    /// <summary>How many lines.</summary>
    public int Count => _lines.Count;

    /// <summary>The earliest instant, in Unix milliseconds.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>The latest instant, in Unix milliseconds.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>Where the next line is written to, before <see cref="Ended"/>.</summary>
    public IBufferWriter<byte> Writer => _bytes;

    /// <summary>Notes the line that was just written.</summary>
    public void Ended(long unixMilliseconds)
    {
        var start = _lines.Count == 0 ? 0 : _lines[^1].Start + _lines[^1].Length;
        _lines.Add(new Line(unixMilliseconds, start, _bytes.Length - start));
        _inOrder &= unixMilliseconds >= Last;
        First = Math.Min(First, unixMilliseconds);
        Last = Math.Max(Last, unixMilliseconds);
    }

    public void Dispose() => _bytes.Dispose();

    /// <summary>All lines in the order of time, those of one millisecond as they came.</summary>
    public ReadOnlyMemory<byte> InOrder()
    {
        if (_inOrder)
            return _bytes.Written;
        var sorted = new byte[_bytes.Length];
        var length = 0;
        // OrderBy is stable, List.Sort is not.
        foreach (var line in _lines.OrderBy(line => line.UnixMilliseconds))
        {
            _bytes.Written.Span.Slice(line.Start, line.Length).CopyTo(sorted.AsSpan(length));
            length += line.Length;
        }
        return sorted;
    }
}
