using System.Text.Json;
using StatHub.Storage.Commits;
using StatHub.Storage.Hits;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Compaction;

/// <summary>
/// Removes what compactions have replaced and no reader needs any more. The catalogue forgets first: what a crash leaves of files is then
/// known to nobody, and the next start removes it.
/// </summary>
internal sealed class SegmentSweeper(Writer writer, ReadPool readers, SegmentFolder segments, Snapshots snapshots, Committer committer, Action<CompactionStep> onStep)
{
    // A commit waits for a transaction of so many rows, some milliseconds.
    private const int RowsAtOnce = 2_000;

    private readonly Lock _gate = new();
    private long _expected = 1;
    private long _swept;

    /// <summary>Something was compacted, or forgotten. What comes while it is swept is for the next time.</summary>
    public void Expect() => Interlocked.Increment(ref _expected);

    /// <summary>Begins something that needs every file that the catalogue knows now or later: from here on none of them is removed.</summary>
    public Snapshots.Snapshot KeepAll()
    {
        lock (_gate)
            return snapshots.Open();
    }

    /// <summary>Removes compacted files that were made again, and young segments all of whose hits are in compacted files.</summary>
    /// <returns>How many young segments, and why some were kept.</returns>
    public (int Removed, IReadOnlyList<string> Problems) Sweep(CancellationToken cancellationToken)
    {
        lock (_gate)
            return SweepAlone(cancellationToken);
    }

    private (int Removed, IReadOnlyList<string> Problems) SweepAlone(CancellationToken cancellationToken)
    {
        var expected = Interlocked.Read(ref _expected);
        var seen = snapshots.SeenByAll();
        // 0 is who sees no compaction, or needs everything.
        if (expected == _swept || seen == 0)
            return (0, []);
        RemoveReplacedFiles(seen);
        var removable = readers.Ask(reader => Removable(reader, seen));
        if (removable.Contains(committer.YoungSegment))
        {
            // A commit may have come to it meanwhile; from here on none does.
            committer.EndSegment(committer.YoungSegment);
            removable = readers.Ask(reader => Removable(reader, seen));
        }
        var problems = new List<string>();
        foreach (var segment in removable)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Remove(segment, problems);
        }
        // What is kept for a reader goes when that has ended.
        if (seen == long.MaxValue)
            _swept = expected;
        return (removable.Count - problems.Count, problems);
    }

    private void RemoveReplacedFiles(long seen)
    {
        foreach (var (file, path) in readers.Ask(reader => Replaced(reader, seen)))
        {
            writer.Transaction(() =>
            {
                writer.Sql("DELETE FROM compacted_member WHERE file = ?1").Run(file);
                writer.Sql("DELETE FROM compacted WHERE id = ?1").Run(file);
            });
            onStep(CompactionStep.OldFileForgotten);
            SegmentFolder.Remove(path);
            onStep(CompactionStep.OldFileRemoved);
        }
    }

    private List<(long Id, string Path)> Replaced(Reader reader, long seen)
    {
        var replaced = new List<(long, string)>();
        using var rows = reader.Sql(
            """
            SELECT c.id, t.name, c.day FROM compacted c JOIN tenant t ON t.id = c.tenant
            WHERE EXISTS (SELECT 1 FROM compacted n WHERE n.tenant = c.tenant AND n.day = c.day AND n.id > c.id AND n.id <= ?1)
            """).Rows(seen);
        while (rows.Read())
            replaced.Add((rows.Long(0), segments.PathOf(new CompactedFile(rows.Long(0), Core.Tenants.TenantId.Parse(rows.Text(1)), rows.Int(2)))));
        return replaced;
    }

    /// <summary>Segments without a member that somebody may still read there. The one that is written to is left until it holds a day.</summary>
    private List<long> Removable(Reader reader, long seen)
    {
        var live = Numbers(reader.Sql(
            """
            SELECT DISTINCT m.segment FROM member m WHERE NOT EXISTS (
                SELECT 1 FROM compacted c WHERE c.tenant = m.tenant AND c.day = m.day AND c.batch >= m.batch AND c.id <= ?1)
            """).Rows(seen));
        // What a retention has forgotten is read on by who began before it.
        if (seen != long.MaxValue)
            live.UnionWith(Numbers(reader.Sql("SELECT DISTINCT segment FROM wipe").Rows()));
        var used = Numbers(reader.Sql("SELECT DISTINCT segment FROM member").Rows());
        return [.. Numbers(reader.Sql("SELECT id FROM segment ORDER BY id").Rows())
            .Where(segment => !live.Contains(segment) && (used.Contains(segment) || segment != committer.YoungSegment))];
    }

    private static HashSet<long> Numbers(Statement.RowReader rows)
    {
        using (rows)
        {
            var numbers = new HashSet<long>();
            while (rows.Read())
                numbers.Add(rows.Long(0));
            return numbers;
        }
    }

    private void Remove(long segment, List<string> problems)
    {
        try
        {
            KeptBatches.Write(segments, segment, readers);
        }
        catch (Exception exception) when (exception is StoreException or JsonException)
        {
            problems.Add($"Segment {segment} is kept, though its hits are compacted: {exception.Message}");
            return;
        }
        onStep(CompactionStep.BatchesKept);
        writer.Transaction(() =>
        {
            writer.Sql("DELETE FROM segment WHERE id = ?1").Run(segment);
            writer.Sql("DELETE FROM wipe WHERE segment = ?1").Run(segment);
            writer.Sql("UPDATE counter SET value = max(value, ?1) WHERE name = 'segment'").Run(segment);
        });
        onStep(CompactionStep.SegmentForgotten);
        SegmentFolder.Remove(segments.PathOf(segment));
        onStep(CompactionStep.SegmentRemoved);
        RemoveRows();
    }

    /// <summary>Rows about members of segments that are gone, also of those that an earlier process removed.</summary>
    public void RemoveRows()
    {
        foreach (var rows in readers.Ask(RowsOfNothing).Chunk(RowsAtOnce))
        {
            writer.Transaction(() =>
            {
                foreach (var (tenant, day, first, batch) in rows)
                    writer.Sql("DELETE FROM member WHERE tenant = ?1 AND day = ?2 AND first_ms = ?3 AND batch = ?4").Run(tenant, day, first, batch);
            });
        }
    }

    private static List<(long Tenant, long Day, long First, long Batch)> RowsOfNothing(Reader reader)
    {
        var members = new List<(long, long, long, long)>();
        using var rows = reader.Sql("SELECT tenant, day, first_ms, batch FROM member WHERE segment NOT IN (SELECT id FROM segment)").Rows();
        while (rows.Read())
            members.Add((rows.Long(0), rows.Long(1), rows.Long(2), rows.Long(3)));
        return members;
    }
}
