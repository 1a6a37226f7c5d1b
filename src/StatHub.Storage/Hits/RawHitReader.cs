using System.Text;
using Microsoft.Win32.SafeHandles;
using StatHub.Core.Hits;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Hits;

/// <summary>
/// Merges members in the order of time, those of one millisecond in the order of keys and commits. Members follow one another nearly always, so a whole block goes out as it was
/// decompressed unless another member begins before its end.
/// </summary>
internal sealed class RawHitReader : IDeflatedHitReader
{
    private const int BlockBytes = 64 * 1024;

    private readonly SegmentFolder _segments;
    private readonly IEnumerator<DueHits> _waiting;
    private readonly IDisposable? _snapshot;
    private readonly PriorityQueue<HitSource, HitSource> _open = new(HitSource.ByNext);
    private readonly byte[]? _mark;
    private readonly long _from;
    private readonly long _to;
    private bool _hasWaiting;
    private byte[] _merged = [];
    private (string? Name, SafeFileHandle? File) _compacted;
    private RawHitPosition? _after;

    // Its buffer is the block that the caller has, so it goes on only with the next call.
    private HitSource? _lent;

    // Where the last line of a block is from.
    private HitSource? _last;

    /// <summary>Opens hits.</summary>
    /// <param name="segments">Where they are.</param>
    /// <param name="snapshot">Keeps their files; disposed with the reader.</param>
    /// <param name="hits">All hits that may be wanted, by their earliest.</param>
    /// <param name="mark">Only lines with this mark, where members have several keys; null for all.</param>
    /// <param name="from">Only hits from this instant, in Unix milliseconds.</param>
    /// <param name="to">Only hits before this instant.</param>
    /// <param name="after">Only hits behind this place.</param>
    public RawHitReader(SegmentFolder segments, IDisposable snapshot, IEnumerable<DueHits> hits, byte[]? mark, long from, long to, RawHitPosition? after)
    {
        (_segments, _snapshot, _mark, _from, _to) = (segments, snapshot, mark, from, to);
        _waiting = hits.GetEnumerator();
        _hasWaiting = _waiting.MoveNext();
        _after = after;
        Position = after ?? default;
    }

    /// <summary>Opens all of some hits whose files nobody removes.</summary>
    public RawHitReader(SegmentFolder segments, IEnumerable<DueHits> hits)
    {
        (_segments, _from, _to) = (segments, long.MinValue, long.MaxValue);
        _waiting = hits.GetEnumerator();
        _hasWaiting = _waiting.MoveNext();
    }

    public RawHitPosition Position { get; private set; }

    public Memory<byte> Read(int maxLines)
    {
        TakeBack();
        SkipSeen();
        OpenDue();
        if (_open.Count == 0)
            return default;
        return Noted(maxLines == int.MaxValue && TryLend(out var block) ? block : Merge(maxLines));
    }

    public bool TryTakeDeflated(out DeflatedHits hits)
    {
        hits = default;
        TakeBack();
        SkipSeen();
        if (_open.Count > 0 || !_hasWaiting || !IsWhole(_waiting.Current))
            return false;
        var due = _waiting.Current;
        _hasWaiting = _waiting.MoveNext();
        if (_hasWaiting && !IsBehind(_waiting.Current, due.Member))
        {
            Return(Open(due));
            return false;
        }
        hits = DeflatedMember.Open(FileOf(due.Member), due.Member);
        return true;
    }

    public void Dispose()
    {
        _lent?.Dispose();
        while (_open.TryDequeue(out var reader, out _))
            reader.Dispose();
        _waiting.Dispose();
        _compacted.File?.Dispose();
        _snapshot?.Dispose();
    }

    /// <summary>Members of a key lie in one file, so it is opened once.</summary>
    private SafeFileHandle FileOf(MemberRow member)
    {
        if (_compacted.Name != member.Compacted)
        {
            _compacted.File?.Dispose();
            _compacted = (member.Compacted, _segments.OpenToRead(member));
        }
        return _compacted.File!;
    }

    /// <summary>Whether all of it is wanted, and stored so that it can be joined with others.</summary>
    private bool IsWhole(DueHits due) =>
        due.Scattered is null && due.Member is { Compacted: not null, HasOneKey: true } member && _mark is not null && member.First >= _from && member.Last < _to;

    /// <summary>Members of a key in one file follow one another, also where they share a millisecond.</summary>
    private static bool IsBehind(DueHits next, MemberRow member) =>
        next.First > member.Last || (next.Scattered is null && next.Member.Compacted == member.Compacted && next.Member.Number > member.Number);

    private void TakeBack()
    {
        if (_lent is not null)
            Return(_lent);
        _lent = null;
    }

    private bool TryLend(out Memory<byte> block)
    {
        block = default;
        if (_open.Count > 1)
            return false;
        block = _open.Peek().TakeBlock(_hasWaiting ? _waiting.Current.First : long.MaxValue);
        if (block.IsEmpty)
            return false;
        _last = _lent = _open.Dequeue();
        return true;
    }

    private Memory<byte> Merge(int maxLines)
    {
        if (_merged.Length == 0)
            _merged = new byte[BlockBytes];
        var length = 0;
        for (var lines = 0; lines < maxLines; lines++)
        {
            OpenDue();
            if (_open.Count == 0)
                break;
            var taken = TakeLine(_merged.AsSpan(length));
            if (taken == 0 && length > 0)
                break;
            while (taken == 0)
            {
                _merged = new byte[_merged.Length * 2];
                taken = TakeLine(_merged);
            }
            length += taken;
        }
        return _merged.AsMemory(0, length);
    }

    /// <summary>Takes the earliest line; 0 when it does not fit.</summary>
    private int TakeLine(Span<byte> target)
    {
        var reader = _open.Peek();
        var taken = reader.TakeLine(target);
        if (taken > 0)
        {
            _last = _open.Dequeue();
            Return(reader, advanced: true);
        }
        return taken;
    }

    private void Return(HitSource reader, bool advanced = false)
    {
        if (!advanced)
            reader.Advance();
        if (reader.Next == long.MaxValue)
            reader.Dispose();
        else
            _open.Enqueue(reader, reader);
    }

    /// <summary>Opens every member that begins no later than the earliest line at hand.</summary>
    private void OpenDue()
    {
        while (_hasWaiting && (!_open.TryPeek(out _, out var earliest) || _waiting.Current.First <= earliest.Next))
        {
            Return(Open(_waiting.Current));
            _hasWaiting = _waiting.MoveNext();
        }
    }

    private HitSource Open(DueHits due)
    {
        if (due.Scattered is { } members)
            return new ScatteredReader(_segments, members, _from, _to);
        return new MemberReader(_segments.OpenToRead(due.Member), due.Member, due.Member.HasOneKey ? null : _mark, _from, _to);
    }

    /// <summary>Passes over the hits of the cursor's millisecond that lie before it: those of lower keys, and of its own those that were read.</summary>
    private void SkipSeen()
    {
        if (_after is not { } after)
            return;
        _after = null;
        var key = StoredKey.Escape(Encoding.UTF8.GetBytes(after.Key.ToString()));
        var left = after.Seen;
        for (OpenDue(); _open.TryPeek(out var reader, out _) && reader.Next == after.UnixMilliseconds; OpenDue())
        {
            var order = StoredKey.Compare(reader.Key, key);
            if (order > 0 || (order == 0 && left-- == 0))
                break;
            _open.Dequeue();
            reader.SkipLine();
            Return(reader, advanced: true);
        }
    }

    private Memory<byte> Noted(Memory<byte> block)
    {
        var lines = block.Span;
        if (lines.IsEmpty)
            return block;
        var last = lines[(lines[..^1].LastIndexOf((byte)'\n') + 1)..];
        // The instant was looked at by the line's reader. Of other lines that are damaged it is said when they are reached.
        if (!StoredHit.TryFront(last, out var front, out var key))
            throw _last!.Damaged("A line has no key.");
        var position = new RawHitPosition(StoredHit.UnixMilliseconds(last), key, CountLast(ref lines, front));
        // Hits of one place go on from the block before only when they fill this one.
        if (lines.IsEmpty && position.UnixMilliseconds == Position.UnixMilliseconds && position.Key == Position.Key)
            position = position with { Seen = position.Seen + Position.Seen };
        Position = position;
        return block;
    }

    /// <summary>Takes the lines with a front off the end, and counts them.</summary>
    private static long CountLast(ref Span<byte> lines, ReadOnlySpan<byte> front)
    {
        long count = 0;
        while (!lines.IsEmpty)
        {
            var start = lines[..^1].LastIndexOf((byte)'\n') + 1;
            if (!lines[start..].StartsWith(front))
                break;
            count++;
            lines = lines[..start];
        }
        return count;
    }
}
