using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Events;
using StatHub.Storage.Hits;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Retention;

/// <summary>
/// Lets go of raw hits that a tenant does not keep any longer; their sums stay, in a file of the day too. The catalogue forgets first, and what it has
/// forgotten is removed when no reader is left that began before: a crash in between leaves what the next start removes.
/// </summary>
public sealed class RawRetention
{
    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly SegmentFolder _segments;
    private readonly RollupFolder _rollups;
    private readonly SegmentWiper _wiper;
    private readonly SegmentSweeper _sweeper;
    private readonly Snapshots _snapshots;
    private readonly Committer _committer;
    private readonly TimeProvider _time;
    private readonly Action<RetentionStep> _onStep;
    private readonly List<string> _forgotten = [];
    private bool _isWiping;

    internal RawRetention(
        Writer writer, ReadPool readers, SegmentFolder segments, RollupFolder rollups, SegmentWiper wiper, SegmentSweeper sweeper, Snapshots snapshots,
        Committer committer, TimeProvider time, Action<RetentionStep> onStep)
    {
        (_writer, _readers, _segments, _rollups, _wiper, _sweeper) = (writer, readers, segments, rollups, wiper, sweeper);
        (_snapshots, _committer, _time, _onStep) = (snapshots, committer, time, onStep);
    }

    /// <summary>Removes what a crash left of rollup files.</summary>
    internal void Recover() => _rollups.Recover(_readers.Ask(reader =>
    {
        var erased = new List<TenantId>();
        using var rows = reader.Sql("SELECT name FROM tenant WHERE registered = 0").Rows();
        while (rows.Read())
            erased.Add(TenantId.Parse(rows.Text(0)));
        return erased;
    }));

    /// <summary>Forgets days that are over, and removes what was forgotten the last time. Not for two threads at once.</summary>
    /// <param name="cancellationToken">Stops it between two days.</param>
    /// <returns>How many days of tenants were forgotten.</returns>
    /// <exception cref="IOException">The disk is full or fails; nothing is lost, try again.</exception>
    /// <exception cref="StoreException">Sums of a day cannot be read, so it keeps its raw hits; the other days were forgotten.</exception>
    public int Run(CancellationToken cancellationToken = default)
    {
        Remove();
        var days = 0;
        StoreException? failed = null;
        foreach (var due in _readers.Ask(Due))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                days += Run(due) ? 1 : 0;
            }
            catch (StoreException exception)
            {
                failed = new StoreException($"{due.Tenant} {UtcDay.Date(due.Day):yyyy-MM-dd} keeps its raw hits: {exception.Message}", exception);
            }
        }
        return failed is null ? days : throw failed;
    }

    private bool Run(DueDay due)
    {
        var day = new DayRetention(due, _writer, _readers, _rollups, _committer, _onStep);
        var files = new List<CompactedFile>();
        if (!day.Run(() => files = Forget(due)))
            return false;
        _forgotten.AddRange(files.Select(_segments.PathOf));
        _isWiping = true;
        _sweeper.Expect();
        return true;
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
        _onStep(RetentionStep.RawHitsRemoved);
        _wiper.Wipe();
        _isWiping = false;
    }

    /// <summary>Days with raw hits before the first that their tenant keeps, the earliest first.</summary>
    private List<DueDay> Due(Reader reader)
    {
        var today = UtcDay.Of(_time.GetUtcNow());
        var due = new List<DueDay>();
        foreach (var (number, tenant, firstKept) in Tenants(reader, today))
        {
            using var rows = reader.Sql(
                "SELECT day FROM member WHERE tenant = ?1 AND day < ?2 UNION SELECT day FROM compacted WHERE tenant = ?1 AND day < ?2 ORDER BY 1").Rows(number, firstKept);
            while (rows.Read())
                due.Add(new DueDay(number, tenant, rows.Int(0), today));
        }
        return due;
    }

    private static List<(long Number, TenantId Tenant, long FirstKept)> Tenants(Reader reader, int today)
    {
        var tenants = new List<(long, TenantId, long)>();
        using var rows = reader.Sql("SELECT id, name, ?1 - retention_days FROM tenant WHERE registered = 1 AND retention_days IS NOT NULL").Rows(today);
        while (rows.Read())
            tenants.Add((rows.Long(0), TenantId.Parse(rows.Text(1)), rows.Long(2)));
        return tenants;
    }

    /// <summary>Makes the catalogue forget a day; the compacted files that it had.</summary>
    private List<CompactedFile> Forget(DueDay due)
    {
        var files = new List<CompactedFile>();
        using (var rows = _writer.Sql("SELECT id FROM compacted WHERE tenant = ?1 AND day = ?2").Rows(due.Number, due.Day))
        {
            while (rows.Read())
                files.Add(new CompactedFile(rows.Long(0), due.Tenant, due.Day));
        }
        using (var rows = _writer.Sql("SELECT segment, offset FROM member WHERE tenant = ?1 AND day = ?2").Rows(due.Number, due.Day))
        {
            while (rows.Read())
                _wiper.Spare(due.Tenant, rows.Long(0), rows.Long(1));
        }
        string[] statements =
        [
            "INSERT OR IGNORE INTO wipe SELECT segment, offset, length FROM member WHERE tenant = ?1 AND day = ?2 AND segment IN (SELECT id FROM segment)",
            "DELETE FROM member WHERE tenant = ?1 AND day = ?2",
            "DELETE FROM compacted_member WHERE file IN (SELECT id FROM compacted WHERE tenant = ?1 AND day = ?2)",
            "DELETE FROM compacted WHERE tenant = ?1 AND day = ?2",
            "UPDATE tenant SET raw_from_day = max(raw_from_day, ?2 + 1) WHERE id = ?1",
        ];
        foreach (var statement in statements)
            _writer.Sql(statement).Run(due.Number, due.Day);
        EventTable.Forget(_writer, due.Number, due.Day);
        return files;
    }
}
