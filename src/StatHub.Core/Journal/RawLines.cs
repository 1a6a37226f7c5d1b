using System.Buffers;
using StatHub.Core.Hits;

namespace StatHub.Core.Journal;

/// <summary>Stored lines of one tenant and UTC day.</summary>
/// <param name="blocks">Where they are, among those of others.</param>
public sealed class RawLines(LineBlocks blocks)
{
    // A compressor's call costs more than a copy of a line.
    private const int GatheredBytes = 64 * 1024;
    private const int MostCopiedBytes = GatheredBytes / 4;

    private int _first = LineBlocks.None;
    private int _last = LineBlocks.None;
    private bool _inOrder = true;

    /// <summary>How many lines.</summary>
    public int Count { get; private set; }

    /// <summary>Their length, in bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>The earliest instant, in Unix milliseconds.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>The latest instant, in Unix milliseconds.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>Where the next line is written to, before <see cref="Ended"/>.</summary>
    public IBufferWriter<byte> Writer => blocks;

    /// <summary>Notes the line that was just written.</summary>
    public void Ended(long unixMilliseconds)
    {
        var number = blocks.End(unixMilliseconds);
        if (_last == LineBlocks.None)
        {
            _first = number;
        }
        else
        {
            _inOrder &= Compare(blocks[_last], blocks[number]) < 0;
            blocks[_last].Next = number;
        }
        _last = number;
        Count++;
        Bytes += blocks[number].Length;
        First = Math.Min(First, unixMilliseconds);
        Last = Math.Max(Last, unixMilliseconds);
    }

    /// <summary>Writes all lines as they came.</summary>
    public void WriteAsTheyCame(Stream target) => Write(target, sort: false);

    /// <summary>Writes all lines in the order of time, those of one millisecond in the order of their keys, those of one key as they came.</summary>
    public void WriteInOrder(Stream target) => Write(target, sort: !_inOrder);

    private void Write(Stream target, bool sort)
    {
        var rented = BatchArrays<LineBlocks.Line>.Rent(Count);
        var lines = rented.AsSpan(0, Count);
        var count = 0;
        for (var number = _first; number != LineBlocks.None; number = blocks[number].Next)
            lines[count++] = blocks[number];
        if (sort)
            lines.Sort(Compare);
        Write(target, lines);
        BatchArrays<LineBlocks.Line>.Return(rented);
    }

    private void Write(Stream target, ReadOnlySpan<LineBlocks.Line> lines)
    {
        var gathered = ArrayPool<byte>.Shared.Rent(Math.Min(Bytes, GatheredBytes));
        var length = 0;
        while (!lines.IsEmpty)
        {
            var run = TakeSideBySide(ref lines);
            if (run.Length > gathered.Length - length || run.Length > MostCopiedBytes)
            {
                target.Write(gathered.AsSpan(0, length));
                length = 0;
            }
            if (run.Length > MostCopiedBytes)
            {
                target.Write(run);
                continue;
            }
            run.CopyTo(gathered.AsSpan(length));
            length += run.Length;
        }
        target.Write(gathered.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(gathered);
    }

    /// <summary>The bytes of the first lines, as many of them as lie side by side.</summary>
    private ReadOnlySpan<byte> TakeSideBySide(ref ReadOnlySpan<LineBlocks.Line> lines)
    {
        var (count, length) = (0, 0);
        while (count < lines.Length && lines[count].Block == lines[0].Block && lines[count].Start == lines[0].Start + length)
            length += lines[count++].Length;
        var bytes = blocks.Bytes(lines[0].Block, lines[0].Start, length);
        lines = lines[count..];
        return bytes;
    }

    private int Compare(LineBlocks.Line left, LineBlocks.Line right)
    {
        var order = left.UnixMilliseconds.CompareTo(right.UnixMilliseconds);
        if (order == 0)
            order = CompareKeys(BytesOf(left), BytesOf(right));
        if (order == 0)
            order = left.Block.CompareTo(right.Block);
        return order != 0 ? order : left.Start.CompareTo(right.Start);
    }

    /// <summary>All are of one tenant, so keys begin at one place.</summary>
    private static int CompareKeys(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var keyAt = StoredHit.KeyAt(left);
        return StoredKey.Compare(StoredHit.EscapedKey(left, keyAt), StoredHit.EscapedKey(right, keyAt));
    }

    private ReadOnlySpan<byte> BytesOf(in LineBlocks.Line line) => blocks.Bytes(line.Block, line.Start, line.Length);
}
