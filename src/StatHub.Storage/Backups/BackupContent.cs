using StatHub.Core.Tenants;
using StatHub.Storage.Compaction;
using StatHub.Storage.Retention;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Backups;

/// <summary>The files that a state of the database knows.</summary>
/// <param name="Batch">Its last commit.</param>
/// <param name="Files">The files of raw hits, what is kept of removed ones, and rollups of days whose raw hits are gone.</param>
internal sealed record BackupContent(long Batch, IReadOnlyList<BackupSource> Files)
{
    private const string Below = "segments/";

    /// <summary>Reads it from a copy of the database.</summary>
    /// <param name="folder">The folder of the copy.</param>
    /// <param name="segments">Where the files of raw hits are.</param>
    /// <param name="rollups">Where the rollup files are.</param>
    public static BackupContent Read(string folder, SegmentFolder segments, RollupFolder rollups)
    {
        using var reader = new Reader(folder, DatabaseFile.Hits);
        var wiped = Wiped(reader);
        var young = Young(reader);
        var files = young.Select(segment => Source(segments, segments.PathOf(segment.Id), segment.Length) with { Wiped = wiped[segment.Id].ToList() }).ToList();
        files.AddRange(Compactor.Lengths(reader).OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => Source(segments, segments.PathOf(file.Key), file.Value) with { NeverChanges = true }));
        files.AddRange(Kept(reader, segments, [.. young.Select(segment => segment.Id)]));
        var batch = reader.Sql("SELECT value FROM counter WHERE name = 'batch'").Number() ?? 0;
        files.AddRange(StoredDays.Tenants(reader, null).SelectMany(tenant => Rollups(rollups, tenant.Id, batch)));
        return new BackupContent(batch, files);
    }

    /// <summary>The rollup files of a tenant that the state has. One that is replaced meanwhile may go: the database has what was in it.</summary>
    private static IEnumerable<BackupSource> Rollups(RollupFolder rollups, TenantId tenant, long batch) =>
        from file in rollups.Files(tenant)
        where file.Batch <= batch
        group file by file.Day into day
        orderby day.Key
        let last = new FileInfo(day.MaxBy(file => file.Batch).Path)
        where last.Exists
        select new BackupSource($"rollups/{Path.GetRelativePath(rollups.Path, last.FullName)}", last.FullName, last.Length) { NeverChanges = true, MayGo = true };

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

    /// <summary>Whether the backup is whole without it, should it be removed meanwhile.</summary>
    public bool MayGo { get; init; }

    /// <summary>Members that are to be overwritten, and may be already.</summary>
    public IReadOnlyList<(long Offset, int Length)> Wiped { get; init; } = [];
}
