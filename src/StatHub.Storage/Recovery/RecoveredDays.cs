using StatHub.Core.Dimensions;
using StatHub.Core.Rollups;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Events;
using StatHub.Storage.Hits;
using StatHub.Storage.Retention;
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
    Writer writer, ReadPool readers, SegmentFolder segments, RollupFolder rollups, DimensionReader reading, CopyState copied,
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
            // Of several files of a day the one with the highest batch counts.
            var files = rollups.Files(tenant.Id).OrderBy(file => file.Batch).GroupBy(file => file.Day).ToDictionary(day => day.Key, day => day.Last());
            var days = readers.Ask(reader => StoredDays.Of(reader, tenant.Number, new DayRange(0, long.MaxValue)));
            foreach (var month in days.Concat(files.Keys.Select(day => (long)day)).Distinct().Order().GroupBy(CalendarMonth.OfDay))
            {
                foreach (var day in month)
                    Write(tenant, (int)day, files.TryGetValue((int)day, out var file) ? file : null);
                writer.Transaction(() => ListTops(tenant.Number, month.Key));
            }
            writer.Transaction(() => NoteFirstKept(tenant.Number));
        }
        // What was added to one day is of its commits only.
        writer.Transaction(() => writer.Sql("UPDATE counter SET value = (SELECT value FROM counter WHERE name = 'batch') WHERE name = 'dimensions'").Run());
    }

    private void Write(StoredDays.Owner tenant, int day, RollupFolder.Entry? file)
    {
        try
        {
            var plan = readers.Ask(reader => DayPlan.ReadWhole(reader, tenant.Id, tenant.Number, day));
            var raw = readers.Ask(reader => Lines(reader, tenant.Number, day));
            var known = readers.Ask(reader => StoredDays.Hits(reader, tenant.Number, new DayRange(day, day + 1)));
            if (file is { } kept && RollupFile.Read(kept.Path) is var (header, rows) && raw < header.Hits)
                WriteKept(tenant.Number, day, plan, header, rows);
            else if (raw < known)
                Add(tenant.Number, plan, copied.Batch, copied.Dimensions);
            else if (plan is not null && (raw > known || plan.Batch > copied.Dimensions || IsNew(plan)))
                Replace(tenant.Number, day, plan);
        }
        catch (Exception exception) when (exception is StoreException or InvalidDataException)
        {
            Kept++;
            Problems.Add($"{tenant.Id} {UtcDay.Date(day):yyyy-MM-dd}: {exception.Message}");
        }
        onStep(RecoveryStep.DaySummed);
    }

    /// <summary>A day whose raw hits are gone has its rollups in a file, unless the copy has later ones.</summary>
    private void WriteKept(long tenant, int day, DayPlan? plan, RollupHeader header, IReadOnlyList<SeriesDay> rows)
    {
        writer.Transaction(() => writer.Sql("UPDATE tenant SET raw_from_day = max(raw_from_day, ?2) WHERE id = ?1").Run(tenant, day + 1));
        if (header.Batch <= copied.Dimensions)
        {
            Add(tenant, plan, copied.Batch, copied.Dimensions);
            return;
        }
        writer.Transaction(() => new DayRows(writer.Sql, tenant, day).Replace(rows));
        Add(tenant, plan, header.Batch, header.Batch);
    }

    /// <summary>Its file may have other labels than the sums that the copy has.</summary>
    private bool IsNew(DayPlan plan) => plan.Before is { } file && file.Id > copied.Compaction;

    private void Replace(long tenant, int day, DayPlan plan)
    {
        var sums = Sum(plan.Unsorted);
        writer.Transaction(() =>
        {
            new DayRows(writer.Sql, tenant, day).Replace(SeriesDay.OfDay(sums.Keys));
            EventTable.Add(writer, tenant, sums.Events);
        });
        Days++;
        Hits += sums.Lines;
    }

    /// <summary>Adds what was committed since to sums whose raw hits are not all there.</summary>
    /// <param name="tenant">The tenant's number.</param>
    /// <param name="plan">What there is of raw hits.</param>
    /// <param name="batch">The last commit whose hits are in the sums.</param>
    /// <param name="dimensionBatch">The last commit whose dimensions and visitors are in them.</param>
    private void Add(long tenant, DayPlan? plan, long batch, long dimensionBatch)
    {
        Kept++;
        if (plan is null)
            return;
        var sums = Sum(readers.Ask(reader => plan.ReadNewer(reader, batch)));
        var dimensions = Sum(readers.Ask(reader => plan.ReadNewer(reader, dimensionBatch)));
        var added = new PendingRollups();
        var later = new Dictionary<long, IReadOnlyDictionary<byte[], KeySums>>();
        writer.Transaction(() =>
        {
            var rollups = new RollupWriter(writer);
            rollups.Write(tenant, rollups.Plan(tenant, sums.Keys), []);
            EventTable.Add(writer, tenant, sums.Events);
            added.Add(plan.Batch, rollups.SeriesOf(tenant, dimensions.Keys).SelectMany(Waiting));
            if (added.BeginWriting() is not { } generation)
                return;
            var packed = new DimensionWriter(writer).Write(generation);
            new VisitorWriter(writer).Write(generation.Visitors, packed, UtcDay.Of(now));
        });

        // A packed day may have later batches than what is noted for all: the key gets what is behind those.
        IEnumerable<KeySeries> Waiting(KeySeries key)
        {
            var batch = new PackedDays(writer.Sql).Batch(key.Series, plan.File.Day);
            if (batch <= dimensionBatch)
                return [key];
            if (!later.TryGetValue(batch, out var keys))
                later[batch] = keys = Sum(readers.Ask(reader => plan.ReadNewer(reader, batch))).Keys;
            return [key with { WaitsFor = WaitsFor.Tenant }, key with { Sums = keys.GetValueOrDefault(key.Key) ?? new KeySums(), WaitsFor = WaitsFor.Key }];
        }
    }

    private StoredSums Sum(IReadOnlyList<DueHits> hits)
    {
        var sums = new StoredSums(reading, keepsEvents: true);
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
