using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Sketches;
using StatHub.Core.Time;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Hits;

/// <summary>Sums by dimension: whole months from a row each, days around them from a row each, and what is not written yet.</summary>
internal sealed class SqliteDimensionCounts(ReadPool readers, PendingRollups pending) : IDimensionCounts
{
    private const long FarDay = 4_000_000;

    public HeavyHitters Top(HitScope scope, DimensionName dimension, DayRange range)
    {
        var top = new HeavyHitters();
        if (readers.Ask(reader => SeriesRow.Find(reader, scope)) is not { } series)
            return top;
        range = new DayRange(Math.Max(0, range.From), Math.Min(range.To, FarDay));
        var waiting = pending.Find(series, dimension, range);
        var written = readers.Ask(reader =>
        {
            foreach (var (unit, from, to) in Rows(range))
                Add(top, reader, unit, series, dimension, from, to);
            AddPacked(top, reader, series, dimension, range);
            return WrittenBatch(reader);
        });
        foreach (var (_, value, sums) in Unwritten(waiting, written))
            top.Add(value, sums);
        return top;
    }

    public IReadOnlyDictionary<long, Tally> Series(HitScope scope, DimensionName dimension, string value, DayRange range)
    {
        var days = new Dictionary<long, Tally>();
        if (readers.Ask(reader => SeriesRow.Find(reader, scope)) is not { } series)
            return days;
        var name = System.Text.Encoding.UTF8.GetBytes(value);
        var waiting = pending.Find(series, dimension, range);
        var written = readers.Ask(reader =>
        {
            using var rows = reader.Sql("SELECT day, top FROM dimension_day WHERE series = ?1 AND dimension = ?2 AND own = ?3 AND day >= ?4 AND day < ?5")
                .Rows(series, (int)dimension.Dimension, dimension.Own, range.From, range.To);
            while (rows.Read())
                Find(rows.Long(0), rows.Blob(1));
            foreach (var (day, packed) in new PackedDays(reader.Sql).Read(series, range.From, range.To))
                Find(day, packed.Find(dimension));
            return WrittenBatch(reader);
        });
        foreach (var (day, _, sums) in Unwritten(waiting, written).Where(one => one.Value.AsSpan().SequenceEqual(name)))
            days[day] = days.GetValueOrDefault(day) + sums;
        return days;

        void Find(long day, ReadOnlySpan<byte> top)
        {
            var summary = new HeavyHittersReader(top);
            while (summary.Read())
            {
                if (summary.Name.SequenceEqual(name))
                    days[day] = summary.Sums;
            }
        }
    }

    /// <summary>Whole months, and the days before and behind them.</summary>
    private static IEnumerable<(string Unit, long From, long To)> Rows(DayRange range)
    {
        if (!CalendarMonth.TryFindWhole(range.From, range.To, out var firstMonth, out var endMonth))
            return [("day", range.From, range.To)];
        return
        [
            ("day", range.From, CalendarMonth.FirstDay(firstMonth)), ("month", firstMonth, endMonth), ("day", CalendarMonth.FirstDay(endMonth), range.To),
        ];
    }

    private static void Add(HeavyHitters top, Reader reader, string unit, long series, DimensionName dimension, long from, long to)
    {
        using var rows = reader.Sql(
            $"SELECT top FROM dimension_{unit} WHERE series = ?1 AND dimension = ?2 AND own = ?3 AND {unit} >= ?4 AND {unit} < ?5")
            .Rows(series, (int)dimension.Dimension, dimension.Own, from, to);
        while (rows.Read())
            Add(top, rows.Blob(0), series, dimension);
    }

    /// <summary>Months have nothing of their packed days.</summary>
    private static void AddPacked(HeavyHitters top, Reader reader, long series, DimensionName dimension, DayRange range)
    {
        foreach (var (_, packed) in new PackedDays(reader.Sql).Read(series, range.From, range.To))
        {
            if (packed.Find(dimension) is { } values)
                Add(top, values, series, dimension);
        }
    }

    private static void Add(HeavyHitters top, ReadOnlySpan<byte> added, long series, DimensionName dimension)
    {
        if (!top.TryAdd(added))
            throw new StoreException($"A summary of dimension {dimension} of series {series} is damaged.");
    }

    private static long WrittenBatch(Reader reader) => reader.Sql("SELECT value FROM counter WHERE name = 'dimensions'").Number() ?? 0;

    private static IEnumerable<(int Day, byte[] Value, Tally Sums)> Unwritten(IReadOnlyList<PendingRollups.Part> waiting, long written) =>
        waiting.Where(part => part.Batch > written).SelectMany(part => part.Sums);
}
