using System.Buffers;
using StatHub.Core.Hits;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Compaction;

/// <summary>
/// Writes a compacted file: an empty member that says what it is, then members of sorted lines. A key with much has members of its own,
/// keys with little share them.
/// </summary>
internal sealed class DayFileWriter : IDisposable
{
    // Measured, see docs/adr/0025: smaller members cost bytes, larger ones what a reader of a part decompresses in vain.
    public const int OwnMemberBytes = 2 * 1024 * 1024;
    public const int SharedMemberBytes = 256 * 1024;
    public const int MostSharedKeyBytes = 64 * 1024;
    public const int Level = 8;

    private readonly DayPlan _plan;
    private readonly Action _onMember;
    private readonly FileStream _file;
    private readonly List<CompactedMember> _members = [];
    private readonly Pending _shared = new();
    private readonly Pending _own = new();
    private byte[] _key = [];
    private bool _keyHasMembers;
    private long _keyHits;
    private int _nextKey;

    public DayFileWriter(DayPlan plan, string path, Action onMember)
    {
        (_plan, _onMember) = (plan, onMember);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var header = new CompactedHeader(BatchHeader.CurrentVersion, plan.File.Id, plan.Batch, plan.File.Tenant.ToString(), plan.File.Day, plan.Lines);
        _file.Write(GzipMember.Compress([], header.ToExtraField(), default).Span);
    }

    /// <summary>The members so far.</summary>
    public IReadOnlyList<CompactedMember> Members => _members;

    /// <summary>How long the file is.</summary>
    public long Length => _file.Length;

    /// <summary>Lines that wait to be a member.</summary>
    private sealed class Pending
    {
        public ArrayBufferWriter<byte> Lines { get; } = new();

        public byte[] FirstKey { get; private set; } = [];

        public byte[] LastKey { get; private set; } = [];

        public void Add(byte[] key, ReadOnlySpan<byte> lines)
        {
            if (Lines.WrittenCount == 0)
                FirstKey = key;
            LastKey = key;
            Lines.Write(lines);
        }
    }

    /// <summary>Adds whole lines of one key behind those that were added before.</summary>
    /// <exception cref="DayMismatchException">A key has another number of lines than the rollups say.</exception>
    public void Add(LineSorter.Chunk chunk)
    {
        if (!chunk.Key.AsSpan().SequenceEqual(_key))
        {
            EndKey();
            _key = chunk.Key;
        }
        _keyHits += chunk.Lines.Span.Count((byte)'\n');
        _own.Add(chunk.Key, chunk.Lines.Span);
        if (_own.Lines.WrittenCount >= OwnMemberBytes)
            WriteOwn();
    }

    /// <summary>Writes what waits, and makes the file durable.</summary>
    /// <exception cref="DayMismatchException">Likewise.</exception>
    public void End()
    {
        EndKey();
        if (_nextKey < _plan.Keys.Count)
            throw new DayMismatchException($"key {_plan.Keys[_nextKey].Text} has {_plan.Keys[_nextKey].Hits} hits in the sums and no raw hits");
        Write(_shared);
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();

    private void EndKey()
    {
        if (_key.Length == 0)
            return;
        CheckKey();
        if (_keyHasMembers || _own.Lines.WrittenCount > MostSharedKeyBytes)
        {
            WriteOwn();
        }
        else
        {
            _shared.Add(_key, _own.Lines.WrittenSpan);
            _own.Lines.ResetWrittenCount();
            if (_shared.Lines.WrittenCount >= SharedMemberBytes)
                Write(_shared);
        }
        (_keyHasMembers, _keyHits) = (false, 0);
    }

    /// <summary>Keys come in the order in which the sums have them.</summary>
    private void CheckKey()
    {
        var expected = _nextKey < _plan.Keys.Count ? _plan.Keys[_nextKey++] : default;
        var key = StoredKey.Unescape(_key);
        if (!key.AsSpan().SequenceEqual(expected.Key))
            throw new DayMismatchException($"key {new KeyHits(key, 0).Text} has raw hits where {(expected.Key is null ? "no further key" : "key " + expected.Text)} has hits in the sums");
        if (expected.Hits != _keyHits)
            throw new DayMismatchException($"key {expected.Text} has {_keyHits} raw hits, and {expected.Hits} in the sums");
    }

    private void WriteOwn()
    {
        // Members stay in the order of keys.
        Write(_shared);
        Write(_own);
        _keyHasMembers = true;
    }

    private void Write(Pending pending)
    {
        var lines = pending.Lines.WrittenSpan;
        if (lines.IsEmpty)
            return;
        var (first, last) = (StoredKey.Unescape(pending.FirstKey), StoredKey.Unescape(pending.LastKey));
        var times = TimesOf(lines);
        var header = new CompactedMemberHeader(
            BatchHeader.CurrentVersion, _plan.File.Id, _plan.Batch, _plan.File.Tenant.ToString(), _plan.File.Day, lines.Count((byte)'\n'),
            times.First, times.Last, new KeyHits(first, 0).Text, new KeyHits(last, 0).Text);
        var member = GzipMember.CompressJoinable(lines, header.ToExtraField(), Level);
        _members.Add(new CompactedMember(first, last, times.First, times.Last, _file.Position, member.Length, header.Lines));
        _file.Write(member.Span);
        pending.Lines.ResetWrittenCount();
        _onMember();
    }

    private static (long First, long Last) TimesOf(ReadOnlySpan<byte> lines)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        while (!lines.IsEmpty)
        {
            var instant = StoredHit.UnixMilliseconds(lines);
            (first, last) = (Math.Min(first, instant), Math.Max(last, instant));
            lines = lines[(lines.IndexOf((byte)'\n') + 1)..];
        }
        return (first, last);
    }
}

/// <summary>A member of a compacted file: lines of the keys from the first to the last.</summary>
internal sealed record CompactedMember(byte[] FirstKey, byte[] LastKey, long First, long Last, long Offset, int Length, int Lines);

/// <summary>Raw hits of a day and its sums do not agree: the day stays as it is.</summary>
internal sealed class DayMismatchException(string message) : Exception(message);
