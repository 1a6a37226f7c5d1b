using System.IO.Compression;
using System.Runtime.InteropServices;
using StatHub.Core.Hits;
using StatHub.Core.Text;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Compaction;

/// <summary>
/// Sorts lines by key that come in the order of time: in memory as long as they fit, else in parts that are merged from
/// temporary files. Memory grows with the number of keys, not with that of lines.
/// </summary>
/// <param name="mostBytes">So many bytes of lines are held.</param>
/// <param name="pathOf">The path of a temporary file with some number.</param>
/// <param name="onPart">Called when a part is in its file.</param>
internal sealed class LineSorter(int mostBytes, Func<int, string> pathOf, Action onPart) : IDisposable
{
    private const int MostRuns = 64;
    private const int ChunkBytes = 64 * 1024;

    private readonly Dictionary<byte[], int> _keys = new(BytesComparer.Instance);
    private readonly List<(int Key, int Start, int Length)> _lines = [];
    private readonly List<(string Path, int Level)> _runs = [];
    private byte[] _bytes = [];
    private int _filled;
    private int _keyAt;
    private int _files;

    /// <summary>Lines of one key, in the order of time; valid until the next.</summary>
    /// <param name="Key">The key, as it is spelled in stored lines.</param>
    /// <param name="Lines">Whole lines.</param>
    internal readonly record struct Chunk(byte[] Key, ReadOnlyMemory<byte> Lines);

    /// <summary>Adds whole lines of one tenant.</summary>
    public void Add(ReadOnlySpan<byte> block)
    {
        if (_filled + block.Length > mostBytes && _lines.Count > 0)
            WriteRun();
        if (_filled + block.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_filled + block.Length, Math.Min(mostBytes, Math.Max(_bytes.Length * 2, ChunkBytes * 4))));
        block.CopyTo(_bytes.AsSpan(_filled));
        if (_keyAt == 0)
            _keyAt = StoredHit.KeyAt(block);
        for (var rest = block; !rest.IsEmpty;)
        {
            var length = rest.IndexOf((byte)'\n') + 1;
            _lines.Add((KeyNumber(StoredHit.EscapedKey(rest, _keyAt)), _filled, length));
            _filled += length;
            rest = rest[length..];
        }
    }

    /// <summary>All lines by key, then time; lines of the compacted file before, which is sorted so already, among them.</summary>
    public IEnumerable<Chunk> Sorted(string? before)
    {
        if (_runs.Count == 0 && before is null)
            return InMemory();
        if (_lines.Count > 0)
            WriteRun();
        return Merge(before is null ? [.. _runs.Select(run => run.Path)] : [before, .. _runs.Select(run => run.Path)]);
    }

    public void Dispose()
    {
        foreach (var (path, _) in _runs)
            SegmentFolder.Remove(path);
        _bytes = [];
    }

    private int KeyNumber(ReadOnlySpan<byte> key)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_keys.GetAlternateLookup<ReadOnlySpan<byte>>(), key, out var known);
        if (!known)
            number = _keys.Count - 1;
        return number;
    }

    private IEnumerable<Chunk> InMemory()
    {
        var chunk = new byte[ChunkBytes];
        foreach (var (key, lines) in ByKey())
        {
            var length = 0;
            foreach (var line in lines)
            {
                var (_, start, bytes) = _lines[line];
                if (length > 0 && length + bytes > chunk.Length)
                {
                    yield return new Chunk(key, chunk.AsMemory(0, length));
                    length = 0;
                }
                if (bytes > chunk.Length)
                    chunk = new byte[bytes];
                _bytes.AsSpan(start, bytes).CopyTo(chunk.AsSpan(length));
                length += bytes;
            }
            yield return new Chunk(key, chunk.AsMemory(0, length));
        }
    }

    /// <summary>The keys in their order, each with its lines in the order in which they came.</summary>
    private IEnumerable<(byte[] Key, ArraySegment<int> Lines)> ByKey()
    {
        var keys = _keys.OrderBy(key => key.Key, Comparer<byte[]>.Create((left, right) => StoredKey.Compare(left, right))).ToList();
        var ends = new int[_keys.Count];
        foreach (var (key, _, _) in _lines)
            ends[key]++;
        var place = 0;
        foreach (var (_, number) in keys)
            (ends[number], place) = (place, place + ends[number]);
        var lines = new int[_lines.Count];
        for (var line = 0; line < _lines.Count; line++)
            lines[ends[_lines[line].Key]++] = line;
        var from = 0;
        foreach (var (key, number) in keys)
        {
            if (ends[number] > from)
                yield return (key, new ArraySegment<int>(lines, from, ends[number] - from));
            from = ends[number];
        }
    }

    private void WriteRun()
    {
        Write(InMemory(), 0);
        _lines.Clear();
        _keys.Clear();
        _filled = 0;
        onPart();
        // A few levels of runs, so that a day of any length is merged with few open files.
        while (_runs.Count >= MostRuns && _runs.TakeLast(MostRuns).All(run => run.Level == _runs[^1].Level))
            MergeLast();
    }

    private void MergeLast()
    {
        var last = _runs.TakeLast(MostRuns).ToList();
        Write(Merge([.. last.Select(run => run.Path)]), last[0].Level + 1);
        _runs.RemoveRange(_runs.Count - 1 - MostRuns, MostRuns);
        foreach (var (path, _) in last)
            File.Delete(path);
    }

    private void Write(IEnumerable<Chunk> chunks, int level)
    {
        var path = pathOf(_files++);
        using (var file = new GZipStream(new FileStream(path, FileMode.CreateNew), CompressionLevel.Fastest))
        {
            foreach (var chunk in chunks)
                file.Write(chunk.Lines.Span);
        }
        _runs.Add((path, level));
    }

    private static IEnumerable<Chunk> Merge(IReadOnlyList<string> paths)
    {
        var runs = new List<SortedRun>();
        try
        {
            var queue = new PriorityQueue<SortedRun, SortedRun>(Comparer<SortedRun>.Create(SortedRun.Compare));
            foreach (var path in paths)
            {
                runs.Add(new SortedRun(path, runs.Count));
                if (runs[^1].Read())
                    queue.Enqueue(runs[^1], runs[^1]);
            }
            foreach (var chunk in Merge(queue))
                yield return chunk;
        }
        finally
        {
            foreach (var run in runs)
                run.Dispose();
        }
    }

    private static IEnumerable<Chunk> Merge(PriorityQueue<SortedRun, SortedRun> runs)
    {
        var chunk = new byte[ChunkBytes];
        var length = 0;
        var key = Array.Empty<byte>();
        while (runs.TryDequeue(out var run, out _))
        {
            var isKnown = run.Key.SequenceEqual(key);
            if (length > 0 && (!isKnown || length + run.Line.Length > chunk.Length))
            {
                yield return new Chunk(key, chunk.AsMemory(0, length));
                length = 0;
            }
            if (!isKnown)
                key = run.Key.ToArray();
            if (run.Line.Length > chunk.Length)
                chunk = new byte[run.Line.Length];
            run.Line.CopyTo(chunk.AsSpan(length));
            length += run.Line.Length;
            if (run.Read())
                runs.Enqueue(run, run);
        }
        if (length > 0)
            yield return new Chunk(key, chunk.AsMemory(0, length));
    }
}
