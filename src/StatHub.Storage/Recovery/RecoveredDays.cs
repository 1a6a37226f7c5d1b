using StatHub.Core.Dimensions;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Hits;
using StatHub.Storage.Rollups;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;
using StatHub.Storage.Verification;
using StatHub.Storage.Visitors;

namespace StatHub.Storage.Recovery;

/// <summary>
/// Sums of days from their raw hits, where the copy of the database does not have them. Where raw hits are gone or cannot be read the sums of the copy stay, and what was
/// committed since is added.
/// </summary>
internal sealed class RecoveredDays(
    Writer writer, ReadPool readers, SegmentFolder segments, DimensionReader reading, CopyState copied,
    DateTimeOffset now, Action<RecoveryStep> onStep)
{
    /// <summary>How many days were summed again.</summary>
    public long Days { get; private set; }

    /// <summary>The hits in them.</summary>
    public long Hits { get; private set; }

    /// <summary>How many days kept the sums of the copy since their raw hits are not all there.</summary>
    public long Kept { get; private set; }

    /// <summary>Days with raw hits that cannot be read.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Writes the sums of all days.</summary>
    public void Write()
    {
        foreach (var tenant in readers.Ask(reader => StoredDays.Tenants(reader, null)))
        {
            foreach (var month in readers.Ask(reader => StoredDays.Of(reader, tenant.Number, new DayRange(0, long.MaxValue))).GroupBy(CalendarMonth.OfDay))
            {
                foreach (var day in month)
                    Write(tenant, (int)day);
                writer.Transaction(() => ListTops(tenant.Number, month.Key));
            }
            writer.Transaction(() => NoteFirstKept(tenant.Number));
        }
    }

    private void Write(StoredDays.Owner tenant, int day)
    {
        var plan = readers.Ask(reader => DayPlan.ReadWhole(reader, tenant.Id, tenant.Number, day));
        var known = readers.Ask(reader => StoredDays.Hits(reader, tenant.Number, new DayRange(day, day + 1)));
        if (plan is null)
        {
            Kept++;
            return;
        }
        var raw = readers.Ask(reader => Lines(reader, tenant.Number, day));
        if (raw == known && plan.Batch <= copied.Dimensions && !IsNew(plan))
            return;
        try
        {
            if (raw < known)
                Add(tenant.Number, plan);
            else
                Replace(tenant.Number, day, plan);
        }
        catch (Exception exception) when (exception is StoreException or InvalidDataException)
        {
            Kept++;
            Problems.Add($"{tenant.Id} {UtcDay.Date(day):yyyy-MM-dd}: {exception.Message}");
        }
        onStep(RecoveryStep.DaySummed);
    }

    /// <summary>Its file may have other labels than the sums that the copy has.</summary>
    private bool IsNew(DayPlan plan) => plan.Before is { } file && file.Id > copied.Compaction;

    private void Replace(long tenant, int day, DayPlan plan)
    {
        var sums = Sum(plan.Unsorted);
        writer.Transaction(() => new DayRows(writer.Sql, tenant, day).Replace(SeriesDay.OfDay(sums.Keys)));
        Days++;
        Hits += sums.Lines;
    }

    /// <summary>Adds what was committed since the copy to its sums.</summary>
    private void Add(long tenant, DayPlan plan)
    {
        Kept++;
        var sums = Sum(readers.Ask(reader => plan.ReadNewer(reader, copied.Batch)));
        var dimensions = Sum(readers.Ask(reader => plan.ReadNewer(reader, copied.Dimensions)));
        var added = new PendingRollups();
        writer.Transaction(() =>
        {
            var rollups = new RollupWriter(writer);
            rollups.Write(tenant, sums.Keys);
            added.Add(plan.Batch, rollups.SeriesOf(tenant, dimensions.Keys));
            if (added.BeginWriting() is not { } generation)
                return;
            new DimensionWriter(writer).Write(generation);
            new VisitorWriter(writer).Write(generation.Visitors, UtcDay.Of(now));
        });
    }

    private StoredSums Sum(IReadOnlyList<DueHits> hits)
    {
        var sums = new StoredSums(reading);
        using var reader = new RawHitReader(segments, hits);
        for (var block = reader.Read(int.MaxValue); !block.IsEmpty; block = reader.Read(int.MaxValue))
        {
            foreach (var line in block.Span.Split((byte)'\n'))
            {
                if (!block.Span[line].IsEmpty && !sums.TryAdd(block.Span[line]))
                    throw new InvalidDataException("A line is no hit.");
            }
        }
        return sums;
    }

    private static long Lines(Reader reader, long tenant, int day) => reader.Sql(
        """
        SELECT coalesce((SELECT lines FROM compacted WHERE tenant = ?1 AND day = ?2 ORDER BY id DESC LIMIT 1), 0)
            + (SELECT coalesce(sum(lines), 0) FROM member WHERE tenant = ?1 AND day = ?2
                AND batch > coalesce((SELECT batch FROM compacted WHERE tenant = ?1 AND day = ?2 ORDER BY id DESC LIMIT 1), 0))
        """).Number(tenant, day) ?? 0;

    private void ListTops(long tenant, long month)
    {
        var rows = new MonthRows(writer.Sql, month);
        foreach (var series in rows.Series(tenant))
            rows.ListTops(series);
    }

    /// <summary>When raw hits were let go of the last time is not known: at the latest now it would be so.</summary>
    private void NoteFirstKept(long tenant) => writer.Sql(
        "UPDATE tenant SET raw_from_day = max(raw_from_day, ?2 - retention_days) WHERE id = ?1 AND retention_days IS NOT NULL").Run(tenant, UtcDay.Of(now));
}

/// <summary>What the copy of the database has.</summary>
/// <param name="Batch">The last commit; 0 without a copy.</param>
/// <param name="Dimensions">The last commit whose dimensions and visitors it has.</param>
/// <param name="Compaction">The last compaction.</param>
internal readonly record struct CopyState(long Batch, long Dimensions, long Compaction);
