using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Hits;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Retention;

/// <summary>
/// Lets go of raw hits that a tenant does not keep any longer; their sums stay. The catalogue forgets first, and what it has forgotten is
/// removed when no reader is left that began before: a crash in between leaves what the next start removes.
/// </summary>
public sealed class RawRetention
{
    private readonly Writer _writer;
    private readonly SegmentFolder _segments;
    private readonly SegmentWiper _wiper;
    private readonly SegmentSweeper _sweeper;
    private readonly Snapshots _snapshots;
    private readonly Committer _committer;
    private readonly TimeProvider _time;
    private readonly List<string> _forgotten = [];
    private bool _isWiping;

    internal RawRetention(
        Writer writer, SegmentFolder segments, SegmentWiper wiper, SegmentSweeper sweeper, Snapshots snapshots, Committer committer, TimeProvider time) =>
        (_writer, _segments, _wiper, _sweeper, _snapshots, _committer, _time) = (writer, segments, wiper, sweeper, snapshots, committer, time);

    /// <summary>Forgets days that are over, and removes what was forgotten the last time. Not for two threads at once.</summary>
    /// <returns>How many days of tenants were forgotten.</returns>
    public int Run()
    {
        Remove();
        var today = UtcDay.Of(_time.GetUtcNow());
        // Writing what waits is much work for every time that nothing is to go.
        if (_writer.Alone(() => Due(today)).Count == 0)
            return 0;
        var days = 0;
        // Sums by dimension of these hits must not wait: a crash would take them, and there would be nothing to make them of.
        _committer.WithAllWritten(() => _writer.Transaction(() =>
        {
            foreach (var (number, tenant, firstKept) in Due(today))
                days += Forget(number, tenant, firstKept);
        }));
        return days;
    }

    private void Remove()
    {
        if (_snapshots.SeenByAll() != long.MaxValue)
            return;
        foreach (var path in _forgotten)
            SegmentFolder.Remove(path);
        _forgotten.Clear();
        if (!_isWiping)
            return;
        _wiper.Wipe();
        _isWiping = false;
    }

    /// <summary>The tenants that have raw hits of days before the first that they keep.</summary>
    private List<(long Number, TenantId Tenant, long FirstKept)> Due(long today)
    {
        var tenants = new List<(long, TenantId, long)>();
        using var rows = _writer.Sql(
            """
            SELECT id, name, ?1 - retention_days FROM tenant t WHERE registered = 1
            AND (EXISTS (SELECT 1 FROM member m WHERE m.tenant = t.id AND m.day < ?1 - t.retention_days)
                OR EXISTS (SELECT 1 FROM compacted c WHERE c.tenant = t.id AND c.day < ?1 - t.retention_days))
            """).Rows(today);
        while (rows.Read())
            tenants.Add((rows.Long(0), TenantId.Parse(rows.Text(1)), rows.Long(2)));
        return tenants;
    }

    /// <summary>Forgets the days of a tenant before one.</summary>
    private int Forget(long number, TenantId tenant, long firstKept)
    {
        var files = new List<CompactedFile>();
        using (var rows = _writer.Sql("SELECT id, day FROM compacted WHERE tenant = ?1 AND day < ?2").Rows(number, firstKept))
        {
            while (rows.Read())
                files.Add(new CompactedFile(rows.Long(0), tenant, rows.Int(1)));
        }
        var days = (int)(_writer.Sql(
            "SELECT count(*) FROM (SELECT day FROM compacted WHERE tenant = ?1 AND day < ?2 UNION SELECT day FROM member WHERE tenant = ?1 AND day < ?2)")
            .Number(number, firstKept) ?? 0);
        string[] statements =
        [
            "INSERT OR IGNORE INTO wipe SELECT segment, offset, length FROM member WHERE tenant = ?1 AND day < ?2 AND segment IN (SELECT id FROM segment)",
            "DELETE FROM member WHERE tenant = ?1 AND day < ?2",
            "DELETE FROM compacted_member WHERE file IN (SELECT id FROM compacted WHERE tenant = ?1 AND day < ?2)",
            "DELETE FROM compacted WHERE tenant = ?1 AND day < ?2",
            "UPDATE tenant SET raw_from_day = max(raw_from_day, ?2) WHERE id = ?1",
        ];
        foreach (var statement in statements)
            _writer.Sql(statement).Run(number, firstKept);
        _forgotten.AddRange(files.Select(_segments.PathOf));
        _isWiping = true;
        _sweeper.Expect();
        return days;
    }
}
