using StatHub.Core.Hits;

namespace StatHub.Core.Rollups;

/// <summary>Sums of one hour by minute. Most hours of most keys have few minutes, so only those are held.</summary>
public sealed class MinuteSums
{
    // Where keys are many most hours have one minute, which needs no array.
    private Cell _only;
    private Cell[]? _cells;
    private int _count;
    private int _last;

    /// <summary>The sums of one minute.</summary>
    /// <param name="Minute">0 to 59.</param>
    /// <param name="Hits">At least 1.</param>
    /// <param name="Bots">How many of them are of bots.</param>
    /// <param name="Millionths">The sum of values.</param>
    public record struct Cell(byte Minute, long Hits, long Bots, Int128 Millionths);

    /// <summary>The minutes that have hits, in no order.</summary>
    public ReadOnlySpan<Cell> Cells => Slots[.._count];

    private Span<Cell> Slots => _cells is null ? new Span<Cell>(ref _only) : _cells;

    /// <summary>Adds hits to a minute.</summary>
    public void Add(int minute, long hits, long bots, Int128 millionths)
    {
        ref var cell = ref Find(minute);
        cell.Hits += hits;
        cell.Bots += bots;
        cell.Millionths += millionths;
    }

    /// <summary>Adds all of another hour's sums.</summary>
    public void Add(MinuteSums other)
    {
        foreach (var cell in other.Cells)
            Add(cell.Minute, cell.Hits, cell.Bots, cell.Millionths);
    }

    /// <summary>The sum of the minutes from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public Tally Total(int from = 0, int to = 60)
    {
        long hits = 0;
        long bots = 0;
        Int128 millionths = 0;
        foreach (var cell in Cells)
        {
            if (cell.Minute >= from && cell.Minute < to)
            {
                hits += cell.Hits;
                bots += cell.Bots;
                millionths += cell.Millionths;
            }
        }
        return new Tally(hits, bots, new ValueSum(millionths));
    }

    private ref Cell Find(int minute)
    {
        // Lines come nearly in the order of time, so the last minute is nearly always the right one.
        var cells = Slots;
        if (_last < _count && cells[_last].Minute == minute)
            return ref cells[_last];
        for (_last = 0; _last < _count; _last++)
        {
            if (cells[_last].Minute == minute)
                return ref cells[_last];
        }
        if (_count == cells.Length)
            cells = Grow(cells);
        cells[_count].Minute = (byte)minute;
        return ref cells[_count++];
    }

    private Span<Cell> Grow(ReadOnlySpan<Cell> cells)
    {
        var larger = new Cell[Math.Min(60, cells.Length * 4)];
        cells.CopyTo(larger);
        return _cells = larger;
    }
}
