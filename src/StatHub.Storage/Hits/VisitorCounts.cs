using StatHub.Core.Sketches;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Visitors;

namespace StatHub.Storage.Hits;

/// <summary>
/// Visitors of one series, distinct within a UTC day and summed over days. Rows of hours, days and months have their numbers; sketches are read where
/// hours are put together, and where something waits that the rows do not have yet.
/// </summary>
/// <param name="reader">The database.</param>
/// <param name="series">The series.</param>
/// <param name="pending">What waits, by hour; null when nothing does.</param>
internal sealed class VisitorCounts(Reader reader, long series, SortedDictionary<int, HyperLogLog>? pending)
{
    private readonly PackedDays _packed = new(reader.Sql);

    /// <summary>How many visitors the rows of some days lack.</summary>
    public long MissingInDays(long from, long to) => pending is null
        ? 0
        : pending.Keys.Select(hour => hour / 24).Distinct().Where(day => day >= from && day < to).Sum(MissingInDay);

    /// <summary>How many visitors the row of an hour lacks.</summary>
    public long MissingInHour(long hour) => pending is null || !pending.ContainsKey((int)hour)
        ? 0
        : Distinct(hour, hour + 1) - InRow(hour);

    /// <summary>The hours for which something waits.</summary>
    public IEnumerable<int> PendingHours => pending?.Keys ?? Enumerable.Empty<int>();

    /// <summary>Distinct visitors of some hours of one UTC day.</summary>
    public long Distinct(long from, long to)
    {
        if (to - from == 1 && pending?.ContainsKey((int)from) is not true)
            return InRow(from);
        var all = new HyperLogLog();
        AddHours(all, from, to);
        AddPending(all, from, to);
        return all.Estimate();
    }

    /// <summary>Adds the visitors of each bucket, whose boundaries are whole hours, in one pass over the sketches.</summary>
    public void AddPass(IReadOnlyList<long> boundaries, Action<int, long> add)
    {
        var unions = new DayUnions(boundaries, add);
        var (from, to) = (boundaries[0] / 60, boundaries[^1] / 60);
        var others = new Queue<(int Hour, byte[]? Packed)>(PendingHours.Where(hour => hour >= from && hour < to).Select(hour => (Hour: hour, Packed: (byte[]?)null))
            .Concat(_packed.Sketches(series, from, to).Select(one => (one.Hour, Packed: (byte[]?)one.Sketch))).OrderBy(one => one.Hour));
        using var rows = reader.Sql("SELECT hour, sketch FROM visitor_hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3 ORDER BY hour")
            .Rows(series, from, to);
        while (rows.Read())
        {
            var hour = rows.Int(0);
            while (others.TryPeek(out var earlier) && earlier.Hour < hour)
                AddOther(unions, others.Dequeue());
            Add(unions.At(hour), rows.Blob(1), hour);
        }
        while (others.TryDequeue(out var later))
            AddOther(unions, later);
        unions.End();
    }

    private void AddOther(DayUnions unions, (int Hour, byte[]? Packed) other)
    {
        if (other.Packed is { } packed)
            Add(unions.At(other.Hour), packed, other.Hour);
        else
            unions.At(other.Hour).Add(pending![other.Hour]);
    }

    private long InRow(long hour) => new HourRows(reader.Sql).Read(series, hour, hour + 1).Sum(row => row.Visitors);

    private long MissingInDay(int day)
    {
        var all = new HyperLogLog();
        if (!VisitorWriter.TryAdd(all, reader.Sql("SELECT sketch FROM visitor_day WHERE series = ?1 AND day = ?2").Rows(series, day)))
            AddHours(all, day * 24L, day * 24L + 24);
        AddPending(all, day * 24L, day * 24L + 24);
        return all.Estimate() - (reader.Sql("SELECT visitors FROM day WHERE series = ?1 AND day = ?2").Number(series, day) ?? 0);
    }

    private void AddHours(HyperLogLog sketch, long from, long to)
    {
        VisitorWriter.TryAdd(sketch, reader.Sql("SELECT sketch FROM visitor_hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3").Rows(series, from, to));
        foreach (var (hour, packed) in _packed.Sketches(series, from, to))
            Add(sketch, packed, hour);
    }

    private void Add(HyperLogLog sketch, ReadOnlySpan<byte> added, int hour)
    {
        if (!sketch.TryAdd(added))
            throw new StoreException($"The sketch of visitors of series {series}, hour {hour}, is damaged.");
    }

    private void AddPending(HyperLogLog sketch, long from, long to)
    {
        foreach (var (hour, visitors) in pending ?? [])
        {
            if (hour >= from && hour < to)
                sketch.Add(visitors);
        }
    }

    /// <summary>The union of each UTC day's hours within each bucket, one at a time.</summary>
    private sealed class DayUnions(IReadOnlyList<long> boundaries, Action<int, long> add)
    {
        private HyperLogLog _union = new();
        private int _bucket;
        private long _day = -1;

        /// <summary>The union that an hour belongs to; hours ascend, but may repeat.</summary>
        public HyperLogLog At(int hour)
        {
            var bucket = _bucket;
            while (hour * 60L >= boundaries[bucket + 1])
                bucket++;
            if (bucket != _bucket || hour / 24 != _day)
            {
                End();
                (_bucket, _day, _union) = (bucket, hour / 24, new HyperLogLog());
            }
            return _union;
        }

        public void End()
        {
            if (_day >= 0)
                add(_bucket, _union.Estimate());
        }
    }
}
