using System.Buffers;
using StatHub.Core.Hits;

namespace StatHub.Core.Journal;

/// <summary>Stored lines of one tenant and UTC day, as a batch collects them.</summary>
public sealed class RawLines : IDisposable
{
    private readonly PooledBuffer _bytes = new();
    private readonly PooledList<Line> _lines = new();
    private bool _inOrder = true;

    /// <summary>One line, with its newline.</summary>
    private readonly record struct Line(long UnixMilliseconds, int Start, int Length);

    /// <summary>How many lines.</summary>
    public int Count => _lines.Count;

    /// <summary>The earliest instant, in Unix milliseconds.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>The latest instant, in Unix milliseconds.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>All lines as they came.</summary>
    public ReadOnlySpan<byte> AsTheyCame => _bytes.Written.Span;

    /// <summary>Where the next line is written to, before <see cref="Ended"/>.</summary>
    public IBufferWriter<byte> Writer => _bytes;

    /// <summary>Notes the line that was just written.</summary>
    public void Ended(long unixMilliseconds)
    {
        var last = _lines.Count == 0 ? default : _lines.Items[^1];
        var line = new Line(unixMilliseconds, last.Start + last.Length, _bytes.Length - last.Start - last.Length);
        _inOrder &= _lines.Count == 0 || Compare(last, line) < 0;
        _lines.Add(line);
        First = Math.Min(First, unixMilliseconds);
        Last = Math.Max(Last, unixMilliseconds);
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _lines.Dispose();
    }

    /// <summary>All lines in the order of time, those of one millisecond in the order of their keys, those of one key as they came.</summary>
    public ReadOnlyMemory<byte> InOrder()
    {
        if (_inOrder)
            return _bytes.Written;
        _lines.Items.Sort(Compare);
        var sorted = new byte[_bytes.Length];
        var length = 0;
        foreach (var line in _lines.Items)
        {
            Bytes(line).CopyTo(sorted.AsSpan(length));
            length += line.Length;
        }
        return sorted;
    }

    private int Compare(Line left, Line right)
    {
        var order = left.UnixMilliseconds.CompareTo(right.UnixMilliseconds);
        if (order == 0 && left.Start != right.Start)
            order = CompareKeys(Bytes(left), Bytes(right));
        return order != 0 ? order : left.Start - right.Start;
    }

    /// <summary>All are of one tenant, so keys begin at one place.</summary>
    private static int CompareKeys(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var keyAt = StoredHit.KeyAt(left);
        return StoredKey.Compare(StoredHit.EscapedKey(left, keyAt), StoredHit.EscapedKey(right, keyAt));
    }

    private ReadOnlySpan<byte> Bytes(Line line) => _bytes.Written.Span.Slice(line.Start, line.Length);
}
