using StatHub.Storage.Compaction;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Backups;

/// <summary>The files that a state of the database knows.</summary>
/// <param name="Batch">Its last commit.</param>
/// <param name="Files">The files of raw hits, and what is kept of removed ones.</param>
internal sealed record BackupContent(long Batch, IReadOnlyList<BackupSource> Files)
{
    private const string Below = "segments/";

    /// <summary>Reads it from a copy of the database.</summary>
    /// <param name="folder">The folder of the copy.</param>
    /// <param name="segments">Where the files are.</param>
    public static BackupContent Read(string folder, SegmentFolder segments)
    {
        using var reader = new Reader(folder);
        var wiped = Wiped(reader);
        var young = Young(reader);
        var files = young.Select(segment => Source(segments, segments.PathOf(segment.Id), segment.Length) with { Wiped = wiped[segment.Id].ToList() }).ToList();
        files.AddRange(Compactor.Lengths(reader).OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => Source(segments, segments.PathOf(file.Key), file.Value) with { NeverChanges = true }));
        files.AddRange(Kept(reader, segments, [.. young.Select(segment => segment.Id)]));
        return new BackupContent(reader.Sql("SELECT value FROM counter WHERE name = 'batch'").Number() ?? 0, files);
    }

    private static BackupSource Source(SegmentFolder segments, string path, long length) =>
        new(Below + Path.GetRelativePath(segments.Path, path), path, length);

    private static List<(long Id, long Length)> Young(Reader reader)
    {
        var young = new List<(long, long)>();
        using var rows = reader.Sql("SELECT id, length FROM segment ORDER BY id").Rows();
        while (rows.Read())
            young.Add((rows.Long(0), rows.Long(1)));
        return young;
    }

    private static ILookup<long, (long Offset, int Length)> Wiped(Reader reader)
    {
        var wiped = new List<(long Segment, (long, int) Range)>();
        using var rows = reader.Sql("SELECT segment, offset, length FROM wipe ORDER BY segment, offset").Rows();
        while (rows.Read())
            wiped.Add((rows.Long(0), (rows.Long(1), rows.Int(2))));
        return wiped.ToLookup(one => one.Segment, one => one.Range);
    }

    /// <summary>What is kept of segments that this state has forgotten. Of later ones it must not know, and a segment that it has speaks for itself.</summary>
    private static List<BackupSource> Kept(Reader reader, SegmentFolder segments, HashSet<long> young)
    {
        var last = reader.Sql("SELECT value FROM counter WHERE name = 'segment'").Number() ?? 0;
        if (!Directory.Exists(segments.KeptPath))
            return [];
        return
        [
            .. Directory.GetFiles(segments.KeptPath, "*" + SegmentFolder.Extension).Order(StringComparer.Ordinal)
                .Where(file => SegmentFolder.NumberOf(file) is { } number && number <= last && !young.Contains(number))
                .Select(file => Source(segments, file, new FileInfo(file).Length) with { NeverChanges = true }),
        ];
    }
}

/// <summary>A file that goes into a backup.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Length">How many of its bytes are committed.</param>
internal sealed record BackupSource(string Name, string Path, long Length)
{
    /// <summary>Whether a file of this name and content is always the same.</summary>
    public bool NeverChanges { get; init; }

    /// <summary>Members that are to be overwritten, and may be already.</summary>
    public IReadOnlyList<(long Offset, int Length)> Wiped { get; init; } = [];
}
