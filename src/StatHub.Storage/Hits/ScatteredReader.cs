using System.Runtime.InteropServices;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Hits;

/// <summary>
/// Members of a compacted file in the order of time, where their keys are too many to be read side by side. A pass through all
/// of them collects the earliest lines that fit the budget, the next pass those behind: memory does not grow with the number of keys.
/// </summary>
internal sealed class ScatteredReader(SegmentFolder segments, IReadOnlyList<MemberRow> members, long from, long to, int mostBytes = ScatteredReader.UsualBytes) : HitSource
{
    public const int UsualBytes = 32 * 1024 * 1024;

    private const int BlockBytes = 128 * 1024;
    private const int MostLineBytes = 512 * 1024;

    private readonly List<Entry> _entries = [];
    private byte[] _lines = [];
    private byte[] _spare = [];
    private int _filled;
    private int _next;
    private Place _passed = new(long.MinValue, 0);
    private bool _ended;

    /// <summary>
    /// The order of the lines. A compacted file is sorted by key, and a key's lines by commit: so its order is that of lines of one instant.
    /// </summary>
    private readonly record struct Place(long UnixMilliseconds, long Ordinal) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            var order = UnixMilliseconds.CompareTo(other.UnixMilliseconds);
            return order != 0 ? order : Ordinal.CompareTo(other.Ordinal);
        }
    }

    private readonly record struct Entry(Place Place, int Start, int Length);

    protected override (long Batch, int Number) Age => (members[0].Batch, members[0].Number);

    protected override ReadOnlySpan<byte> Line => Bytes(_entries[_next]);

    public override void Advance()
    {
        if (_next == _entries.Count && !_ended)
            Pass();
        Next = _next < _entries.Count ? _entries[_next].Place.UnixMilliseconds : long.MaxValue;
    }

    public override int TakeLine(Span<byte> target)
    {
        var line = Line;
        if (line.Length > target.Length)
            return 0;
        line.CopyTo(target);
        SkipLine();
        return line.Length;
    }

    public override void SkipLine()
    {
        _next++;
        Advance();
    }

    public override Memory<byte> TakeBlock(long before)
    {
        var start = _next;
        while (_next < _entries.Count && _entries[_next].Place.UnixMilliseconds < before && End(_next) - _entries[start].Start <= BlockBytes)
            _next++;
        return _next == start ? default : _lines.AsMemory(_entries[start].Start, End(_next - 1) - _entries[start].Start);
    }

    /// <summary>Which of its members it is, is not known any more.</summary>
    public override StoreException Damaged(string how) => new($"Segment {members[0].FileName} is damaged: {how}");

    public override void Dispose()
    {
        (_lines, _spare) = ([], []);
        _entries.Clear();
    }

    private int End(int entry) => _entries[entry].Start + _entries[entry].Length;

    private ReadOnlySpan<byte> Bytes(Entry entry) => _lines.AsSpan(entry.Start, entry.Length);

    private void Pass()
    {
        if (_entries.Count > 0)
            _passed = _entries[^1].Place;
        _entries.Clear();
        (_next, _filled) = (0, 0);
        var end = new Place(long.MaxValue, 0);
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Last >= _passed.UnixMilliseconds && members[i].First <= end.UnixMilliseconds)
                Collect(i, ref end);
        }
        Sort(int.MaxValue);
        // What was left out because there was no room comes with the next pass.
        _ended = end.UnixMilliseconds == long.MaxValue;
    }

    private void Collect(int number, ref Place end)
    {
        using var member = new MemberReader(segments.OpenToRead(members[number]), members[number], null, from, to);
        member.Advance();
        for (var ordinal = (long)number << 32; member.Next != long.MaxValue; ordinal++)
        {
            var place = new Place(member.Next, ordinal);
            if (place.CompareTo(_passed) <= 0 || place.CompareTo(end) >= 0)
            {
                member.SkipLine();
                continue;
            }
            Add(place, member);
            if (_filled >= mostBytes && _entries.Count > 1)
                end = KeepEarliest();
        }
    }

    private void Add(Place place, MemberReader member)
    {
        int length;
        while ((length = member.TakeLine(_lines.AsSpan(_filled))) == 0)
            Grow();
        _entries.Add(new Entry(place, _filled, length));
        _filled += length;
    }

    private void Grow()
    {
        var most = mostBytes + MostLineBytes;
        var length = Math.Max(64 * 1024, _lines.Length * 2);
        Array.Resize(ref _lines, _lines.Length < most ? Math.Min(length, most) : length);
    }

    /// <summary>Lets go of the later half; the place where that begins.</summary>
    private Place KeepEarliest()
    {
        Sort(mostBytes / 2);
        return new Place(_entries[^1].Place.UnixMilliseconds, _entries[^1].Place.Ordinal + 1);
    }

    /// <summary>Brings the lines into their order, and keeps the first so many bytes of them, but at least one line.</summary>
    private void Sort(int keepBytes)
    {
        CollectionsMarshal.AsSpan(_entries).Sort((left, right) => left.Place.CompareTo(right.Place));
        var kept = 0;
        // Two buffers change places: as garbage they would cost more than all else.
        var sorted = _spare.Length < _filled ? new byte[_lines.Length] : _spare;
        var length = 0;
        while (kept < _entries.Count && (kept == 0 || length + _entries[kept].Length <= keepBytes))
        {
            var entry = _entries[kept];
            Bytes(entry).CopyTo(sorted.AsSpan(length));
            _entries[kept++] = entry with { Start = length };
            length += entry.Length;
        }
        _entries.RemoveRange(kept, _entries.Count - kept);
        (_spare, _lines, _filled) = (_lines, sorted, length);
    }
}
