using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Storage.Rollups;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Retention;

/// <summary>
/// Lets go of the sums of months that a tenant does not keep any longer, and of their rollup files. It is noted before from which day there are sums.
/// What is left when it is stopped or killed goes with the next run, as do hits that come late for such a month.
/// </summary>
public sealed class RollupRetention
{
    // A commit waits for a transaction of about so many rows, some milliseconds.
    private const int RowsAtOnce = 3_000;

    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly RollupFolder _rollups;
    private readonly SqliteTenants _tenants;
    private readonly Committer _committer;
    private readonly TimeProvider _time;
    private readonly Action<RetentionStep> _onStep;

    internal RollupRetention(
        Writer writer, ReadPool readers, RollupFolder rollups, SqliteTenants tenants, Committer committer, TimeProvider time, Action<RetentionStep> onStep)
    {
        (_writer, _readers, _rollups, _tenants) = (writer, readers, rollups, tenants);
        (_committer, _time, _onStep) = (committer, time, onStep);
    }

    /// <summary>A tenant whose sums go.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Tenant">Its name.</param>
    /// <param name="End">The first month that stays.</param>
    /// <param name="Months">The months that are to go, the earliest first.</param>
    private sealed record DueTenant(long Number, TenantId Tenant, long End, IReadOnlyList<long> Months)
    {
        public long FirstDay => CalendarMonth.FirstDay(End);
    }

    /// <summary>Lets go of what is to go. Not for two threads at once.</summary>
    /// <param name="cancellationToken">Stops it between two transactions.</param>
    /// <returns>How many months of tenants went.</returns>
    /// <exception cref="IOException">The disk is full or fails; try again.</exception>
    public int Run(CancellationToken cancellationToken = default)
    {
        var months = 0;
        foreach (var due in _readers.Ask(Due))
        {
            if (due.Months.Count > 0 && !Note(due))
                continue;
            var gone = due.Months.TakeWhile(month => LetGo(due, month, cancellationToken)).Count();
            if (gone == due.Months.Count)
                RemoveFiles(due);
            months += gone;
        }
        return months;
    }

    private long ThisMonth => CalendarMonth.OfDay(UtcDay.Of(_time.GetUtcNow()));

    private List<DueTenant> Due(Reader reader)
    {
        var tenants = new List<(long Number, TenantId Tenant, long End)>();
        using (var rows = reader.Sql("SELECT id, name, ?1 - rollup_months FROM tenant WHERE registered = 1 AND rollup_months IS NOT NULL").Rows(ThisMonth))
        {
            while (rows.Read())
                tenants.Add((rows.Long(0), TenantId.Parse(rows.Text(1)), rows.Long(2)));
        }
        return [.. tenants.Select(one => Due(reader, one.Number, one.Tenant, Math.Min(one.End, FirstRawMonth(reader.Sql, one.Number))))];
    }

    private static DueTenant Due(Reader reader, long number, TenantId tenant, long end)
    {
        var months = new SortedSet<long>();
        // The tenant as a whole has every day of its keys, and is the last that lets go of one.
        using var rows = reader.Sql("SELECT day FROM day WHERE series = (SELECT id FROM series WHERE tenant = ?1 AND key = '')").Rows(number);
        while (rows.Read())
            months.Add(CalendarMonth.OfDay(rows.Long(0)));
        return new DueTenant(number, tenant, end, [.. months.TakeWhile(month => month < end)]);
    }

    /// <summary>The first month with raw hits: where they are, sums stay.</summary>
    private static long FirstRawMonth(Func<string, Statement> sql, long tenant)
    {
        var member = sql("SELECT min(day) FROM member WHERE tenant = ?1").Number(tenant) ?? long.MaxValue;
        var compacted = sql("SELECT min(day) FROM compacted WHERE tenant = ?1").Number(tenant) ?? long.MaxValue;
        return CalendarMonth.OfDay(Math.Min(member, compacted));
    }

    /// <summary>Notes from which day there are sums; false when they are kept longer by now.</summary>
    private bool Note(DueTenant due)
    {
        var noted = _tenants.Change(due.Tenant, () => _writer.Sql(
            """
            UPDATE tenant SET sums_from_day = max(sums_from_day, ?2), raw_from_day = max(raw_from_day, ?2)
            WHERE id = ?1 AND registered = 1 AND ?3 <= ?4 - rollup_months
            """).Run(due.Number, due.FirstDay, due.End, ThisMonth) > 0);
        if (noted)
            _onStep(RetentionStep.RangeNoted);
        return noted;
    }

    /// <summary>Lets go of a month, the tenant as a whole at last; false when raw hits of it came meanwhile.</summary>
    private bool LetGo(DueTenant due, long month, CancellationToken cancellationToken)
    {
        var (series, whole) = _readers.Ask(reader => (
            new MonthRows(reader.Sql, month).Series(due.Number), reader.Sql("SELECT id FROM series WHERE tenant = ?1 AND key = ''").Number(due.Number) ?? 0));
        var left = new Queue<long>(series.OrderBy(one => one == whole));
        while (left.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!LetGoOfSome(due, month, left, whole))
                return false;
            _onStep(RetentionStep.RowsGone);
        }
        return true;
    }

    private bool LetGoOfSome(DueTenant due, long month, Queue<long> left, long whole)
    {
        var goes = false;
        // What waits in memory would come back as rows of nothing.
        _committer.WithAllWritten(() => _tenants.Change(due.Tenant, () =>
        {
            if (!(goes = FirstRawMonth(_writer.Sql, due.Number) > month))
                return false;
            var rows = new MonthRows(_writer.Sql, month);
            var removed = 0;
            var seriesGone = false;
            while (removed < RowsAtOnce && left.TryDequeue(out var series))
            {
                if (series == whole)
                    NoteGone(due.Number, series, month);
                removed += rows.Remove(series);
                seriesGone |= MonthRows.RemoveEmpty(_writer.Sql, series);
            }
            _onStep(RetentionStep.RowsRemoved);
            // Who knows these keys must look them up again: what was read by now is read again with the tenants of then.
            return seriesGone;
        }));
        return goes;
    }

    /// <summary>The ledger goes on to balance.</summary>
    private void NoteGone(long tenant, long whole, long month) => _writer.Sql(
        "UPDATE tenant SET hits_gone = hits_gone + coalesce((SELECT sum(hits) FROM day WHERE series = ?2 AND day >= ?3 AND day < ?4), 0) WHERE id = ?1")
        .Run(tenant, whole, CalendarMonth.FirstDay(month), CalendarMonth.FirstDay(month + 1));

    private void RemoveFiles(DueTenant due)
    {
        foreach (var file in _rollups.Files(due.Tenant).Where(file => file.Day < due.FirstDay))
        {
            SegmentFolder.Remove(file.Path);
            _onStep(RetentionStep.RollupFileRemoved);
        }
    }
}
