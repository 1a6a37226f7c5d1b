using System.IO.Compression;
using System.Text;
using System.Text.Json;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Recovery;

/// <summary>Everything that the files of raw hits tell of themselves.</summary>
internal sealed class FoundSegments
{
    private readonly SegmentFolder _folder;
    private readonly List<YoungSegment> _young = [];
    private readonly List<BatchNote> _notes = [];
    private readonly List<FoundDay> _days = [];

    private FoundSegments(SegmentFolder folder) => _folder = folder;

    /// <summary>What is told of batches, in their order.</summary>
    public IReadOnlyList<BatchNote> Notes => _notes;

    /// <summary>Young segments.</summary>
    public IReadOnlyList<YoungSegment> Young => _young;

    /// <summary>Compacted files; of several of a day the last counts.</summary>
    public IReadOnlyList<FoundDay> Days => _days;

    /// <summary>The highest number of a young segment, of those that are gone too.</summary>
    public long LastSegment { get; private set; }

    /// <summary>The highest number of a compaction.</summary>
    public long LastCompaction => _days.Select(day => day.File.Id).DefaultIfEmpty().Max();

    /// <summary>The number of the last batch.</summary>
    public long LastBatch => _notes.Select(note => note.Last).Concat(_days.Select(day => day.Batch)).DefaultIfEmpty().Max();

    /// <summary>Files that cannot be understood, and why.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Files of which nothing is taken.</summary>
    public List<string> Unusable { get; } = [];

    /// <summary>Young segments whose end is not understood, and is cut off.</summary>
    public List<string> HalfUsable { get; } = [];

    /// <summary>Whether there is any file of raw hits.</summary>
    public static bool AnyIn(SegmentFolder folder) => Directory.EnumerateFiles(folder.Path, "*" + SegmentFolder.Extension, SearchOption.AllDirectories).Any();

    /// <summary>Reads the headers of all files.</summary>
    public static FoundSegments Read(SegmentFolder folder)
    {
        var found = new FoundSegments(folder);
        foreach (var (number, path) in Numbered(folder.Path))
            found.ReadYoung(number, path);
        found.DropUncommitted();
        if (Directory.Exists(folder.KeptPath))
        {
            foreach (var (number, path) in Numbered(folder.KeptPath))
                found.ReadKept(number, path);
        }
        foreach (var path in Directory.GetDirectories(folder.Path).SelectMany(Directory.GetFiles))
        {
            if (CompactedFile.IsName(Path.GetRelativePath(folder.Path, path)))
                found.ReadDay(path);
        }
        found._notes.AddRange(found._young.SelectMany(segment => segment.Notes));
        found._notes.Sort((left, right) => left.First.CompareTo(right.First));
        return found;
    }

    /// <summary>The first batch behind one that is told of nowhere: its file is missing. Null when there is none.</summary>
    public long? MissingAfter(long batch)
    {
        foreach (var note in _notes.Where(note => note.Last > batch))
        {
            if (note.First > batch + 1)
                return batch + 1;
            batch = note.Last;
        }
        return batch < LastBatch ? batch + 1 : null;
    }

    private static IEnumerable<(long Number, string Path)> Numbered(string folder) =>
        from path in Directory.GetFiles(folder, "*" + SegmentFolder.Extension)
        let number = SegmentFolder.NumberOf(path)
        where number is not null
        orderby number
        select (number.Value, path);

    private void ReadYoung(long number, string path)
    {
        LastSegment = Math.Max(LastSegment, number);
        var segment = YoungSegment.Read(number, path);
        if (segment.Problem is { } problem)
        {
            Problems.Add(problem);
            (segment.Notes.Count > 0 ? HalfUsable : Unusable).Add(path);
        }
        if (segment.Notes.Count > 0)
            _young.Add(segment);
    }

    /// <summary>A commit that failed was tried again in the next segment under the same number; what a crash interrupted is not whole.</summary>
    private void DropUncommitted()
    {
        for (var i = 0; i < _young.Count; i++)
        {
            if (i + 1 < _young.Count ? _young[i].Notes[^1].Last >= _young[i + 1].Notes[0].First : !_young[i].IsLastWhole())
                _young[i].DropLast();
        }
        _young.RemoveAll(segment => segment.Notes.Count == 0);
    }

    private void ReadKept(long number, string path)
    {
        LastSegment = Math.Max(LastSegment, number);
        // Where the segment is there yet, it counts.
        if (File.Exists(_folder.PathOf(number)))
            return;
        try
        {
            using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            while (lines.ReadLine() is { } line)
                _notes.Add(BatchNote.Of(SegmentHeader.Read(Encoding.UTF8.GetBytes(line), SegmentJson.Default.KeptMinute, path)));
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            Problems.Add($"{Path.GetFileName(_folder.KeptPath)}/{Path.GetFileName(path)} cannot be understood: {exception.Message}");
        }
    }

    private void ReadDay(string path)
    {
        try
        {
            var day = FoundDay.Read(path);
            var name = Path.GetRelativePath(_folder.Path, path);
            if (name != day.File.Name)
                throw new StoreException($"Segment {name} is left out: it says that it is {day.File.Name}.");
            _days.Add(day);
            if (!day.IsWhole)
                Problems.Add($"Segment {day.File.Name} has {day.Members.Sum(member => (long)member.Lines)} lines where there were {day.Lines}.");
        }
        catch (StoreException exception) when (exception is not NewerSegmentException)
        {
            Unusable.Add(path);
            Problems.Add(exception.Message);
        }
    }
}
