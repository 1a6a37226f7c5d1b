using System.Buffers;

namespace StatHub.Core.Journal;

/// <summary>
/// Stored lines as they came, whoever's they are, in rented blocks. Where there are thousands of tenants an array for each would be mostly empty, and as garbage all of them would cost more
/// than their compression.
/// </summary>
/// <param name="blockBytes">How large a block is.</param>
public sealed class LineBlocks(int blockBytes) : IBufferWriter<byte>, IDisposable
{
    /// <summary>How large blocks are that hold a batch.</summary>
    public const int BatchBlockBytes = 2 * 1024 * 1024;

    /// <summary>Follows the last line of a chain.</summary>
    internal const int None = -1;

    private readonly List<byte[]> _blocks = [];
    private readonly BlockList<Line> _lines = new();
    private int _start;
    private int _end;

    /// <summary>A line with its newline, and the number of the next one of its chain.</summary>
    internal record struct Line(long UnixMilliseconds, int Block, int Start, int Length, int Next);

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _blocks[^1].AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        foreach (var block in _blocks)
            BatchArrays<byte>.Return(block);
        _blocks.Clear();
        _lines.Dispose();
        (_start, _end) = (0, 0);
    }

    /// <summary>A line that was ended.</summary>
    internal ref Line this[int number] => ref _lines[number];

    /// <summary>The bytes of lines that lie side by side.</summary>
    internal ReadOnlySpan<byte> Bytes(int block, int start, int length) => _blocks[block].AsSpan(start, length);

    /// <summary>Ends the line that was written; its number.</summary>
    internal int End(long unixMilliseconds)
    {
        var number = _lines.Add(new Line(unixMilliseconds, _blocks.Count - 1, _start, _end - _start, None));
        _start = _end;
        return number;
    }

    /// <summary>Makes room in one block for what was written of a line and what follows.</summary>
    private void Reserve(int more)
    {
        more = Math.Max(1, more);
        if (_blocks.Count > 0 && _blocks[^1].Length - _end >= more)
            return;
        var written = _blocks.Count == 0 ? [] : _blocks[^1].AsSpan(_start, _end - _start);
        var block = BatchArrays<byte>.Rent(Math.Max(blockBytes, written.Length + more));
        written.CopyTo(block);
        (_start, _end) = (0, written.Length);
        _blocks.Add(block);
    }
}
