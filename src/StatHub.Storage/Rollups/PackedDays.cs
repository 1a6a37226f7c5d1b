using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Rollups;

/// <summary>The packed days of series: this is where they are looked up, added to, and taken apart.</summary>
/// <param name="sql">Statements of the connection.</param>
internal sealed class PackedDays(Func<string, Statement> sql)
{
    private readonly PackedDayWriter _writer = new();

    /// <summary>How what waits for a day is written.</summary>
    internal enum State
    {
        /// <summary>It is not: the series has been erased meanwhile.</summary>
        Gone,

        /// <summary>It was added to the packed day.</summary>
        Packed,

        /// <summary>It has rows of its own.</summary>
        HasRows,
    }

    /// <summary>Those of a series that are packed, in their order.</summary>
    /// <param name="series">The series.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">Behind the last day.</param>
    public IEnumerable<(int Day, PackedDay Packed)> Read(long series, long from, long to)
    {
        var days = new List<(int, PackedDay)>();
        using var rows = sql("SELECT day, packed FROM day WHERE series = ?1 AND day >= ?2 AND day < ?3 AND packed IS NOT NULL ORDER BY day").Rows(series, from, to);
        while (rows.Read())
            days.Add((rows.Int(0), PackedDay.Read(rows.Blob(1))));
        return days;
    }

    /// <summary>The sketches of visitors that packed days have, by hours since 1970, in their order.</summary>
    /// <param name="series">The series.</param>
    /// <param name="from">The first hour.</param>
    /// <param name="to">Behind the last hour.</param>
    public IEnumerable<(int Hour, byte[] Sketch)> Sketches(long series, long from, long to) =>
        Read(series, from / 24, (to + 23) / 24)
            .SelectMany(day => day.Packed.Sketches.Select(one => (Hour: day.Day * 24 + one.Hour, one.Sketch)))
            .Where(one => one.Hour >= from && one.Hour < to);

    /// <summary>The last batch whose dimensions and visitors a packed day surely has; 0 where nothing is known but what is noted for all.</summary>
    public long Batch(long series, int day) => sql("SELECT packed_batch FROM day WHERE series = ?1 AND day = ?2").Number(series, day) ?? 0;

    /// <summary>Adds what waits to a day while it stays one of few hits; where it does not it gets rows, to which the caller adds then. Within a transaction.</summary>
    /// <param name="series">The series.</param>
    /// <param name="day">The day.</param>
    /// <param name="sums">What waits; what was packed comes to it where the day gets rows.</param>
    /// <param name="hours">Visitors who wait.</param>
    /// <param name="batch">The last batch of what waits.</param>
    public State Add(long series, int day, ref DimensionSums sums, IEnumerable<KeyValuePair<int, HyperLogLog>> hours, long batch)
    {
        long hits, visitors;
        PackedDay packed;
        bool hoursArePacked;
        using (var rows = sql("SELECT hits, visitors, packed, hours FROM day WHERE series = ?1 AND day = ?2").Rows(series, day))
        {
            if (!rows.Read())
                return State.Gone;
            if (rows.IsNull(2))
                return State.HasRows;
            (hits, visitors, packed, hoursArePacked) = (rows.Long(0), rows.Long(1), PackedDay.Read(rows.Blob(2)), !rows.IsNull(3));
        }
        var all = new DimensionSums();
        all.Add(sums);
        packed.AddTo(all);
        if (hits <= PackedDay.MostHits)
        {
            var union = Union(day, packed, hours);
            Pack(series, day, visitors, all, union, batch);
            if (!hoursArePacked)
                NoteInHours(series, union);
            return State.Packed;
        }
        sums = all;
        sql("UPDATE day SET packed = NULL WHERE series = ?1 AND day = ?2").Run(series, day);
        foreach (var (hour, sketch) in packed.Sketches)
            sql("INSERT INTO visitor_hour (series, hour, sketch) VALUES (?1, ?2, ?3)").Run(series, day * 24 + hour, sketch);
        return State.HasRows;
    }

    private void Pack(long series, int day, long before, DimensionSums sums, SortedDictionary<int, HyperLogLog> hours, long batch)
    {
        var whole = new HyperLogLog();
        foreach (var sketch in hours.Values)
            whole.Add(sketch);
        var now = whole.Estimate();
        sql("UPDATE day SET visitors = ?3, packed = ?4, packed_batch = ?5 WHERE series = ?1 AND day = ?2").Run(series, day, now, _writer.Write(sums, hours).ToArray(), batch);
        if (now != before)
            sql("UPDATE month SET visitors = visitors + ?3 WHERE series = ?1 AND month = ?2").Run(series, CalendarMonth.OfDay(day), now - before);
    }

    /// <summary>Hours of a day of before schema 7 have rows, though the day is packed.</summary>
    private void NoteInHours(long series, SortedDictionary<int, HyperLogLog> hours)
    {
        foreach (var (hour, sketch) in hours)
            sql("UPDATE hour SET visitors = ?3 WHERE series = ?1 AND hour = ?2").Run(series, hour, sketch.Estimate());
    }

    private static SortedDictionary<int, HyperLogLog> Union(int day, PackedDay packed, IEnumerable<KeyValuePair<int, HyperLogLog>> hours)
    {
        var union = new SortedDictionary<int, HyperLogLog>();
        foreach (var (hour, sketch) in packed.Sketches)
            union.Add(day * 24 + hour, PackedDay.ReadSketch(sketch));
        foreach (var (hour, visitors) in hours)
        {
            if (!union.TryGetValue(hour, out var known))
                union[hour] = known = new HyperLogLog();
            known.Add(visitors);
        }
        return union;
    }
}
