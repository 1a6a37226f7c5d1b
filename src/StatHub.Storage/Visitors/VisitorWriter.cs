using System.Buffers;
using StatHub.Core.Sketches;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Visitors;

/// <summary>
/// Adds visitors to the sketches of hours and days, and writes beside the hits how many there are: answers over whole hours, days and
/// months read numbers only.
/// </summary>
internal sealed class VisitorWriter(Writer writer)
{
    // As long as salts are kept, and two days more. What comes later is put together with the sketches of its day's hours.
    private const int DaysKept = 4;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Adds what waits; within a transaction.</summary>
    /// <param name="pending">What waits.</param>
    /// <param name="packed">The days that have them already.</param>
    /// <param name="today">UTC days since 1970; days long before it get no sketch of their own.</param>
    public void Write(PendingVisitors pending, IReadOnlySet<(long Series, int Day)> packed, long today)
    {
        foreach (var (series, hours) in pending.Series)
        {
            // An erase may have removed it meanwhile.
            if (writer.Sql("SELECT 1 FROM series WHERE id = ?1").Number(series) is null)
                continue;
            foreach (var day in hours.GroupBy(hour => hour.Key / 24))
            {
                if (!packed.Contains((series, day.Key)))
                    WriteDay(series, day.Key, day, hasSketch: day.Key >= today - DaysKept);
            }
        }
    }

    private void WriteDay(long series, int day, IEnumerable<KeyValuePair<int, HyperLogLog>> hours, bool hasSketch)
    {
        var all = new HyperLogLog();
        var known = hasSketch && TryAdd(all, writer.Sql("SELECT sketch FROM visitor_day WHERE series = ?1 AND day = ?2").Rows(series, day));
        foreach (var (hour, visitors) in hours)
        {
            all.Add(visitors);
            // What waits is left as it is: questions look at it meanwhile.
            var merged = new HyperLogLog();
            merged.Add(visitors);
            TryAdd(merged, writer.Sql("SELECT sketch FROM visitor_hour WHERE series = ?1 AND hour = ?2").Rows(series, hour));
            writer.Sql("INSERT OR REPLACE INTO visitor_hour (series, hour, sketch) VALUES (?1, ?2, ?3)").Run(series, hour, Bytes(merged));
            writer.Sql("UPDATE hour SET visitors = ?3 WHERE series = ?1 AND hour = ?2").Run(series, hour, merged.Estimate());
        }
        if (!known)
            TryAdd(all, writer.Sql("SELECT sketch FROM visitor_hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3").Rows(series, day * 24L, day * 24L + 24));
        if (hasSketch)
            writer.Sql("INSERT OR REPLACE INTO visitor_day (series, day, sketch) VALUES (?1, ?2, ?3)").Run(series, day, Bytes(all));
        var before = writer.Sql("SELECT visitors FROM day WHERE series = ?1 AND day = ?2").Number(series, day) ?? 0;
        var now = all.Estimate();
        writer.Sql("UPDATE day SET visitors = ?3 WHERE series = ?1 AND day = ?2").Run(series, day, now);
        writer.Sql("UPDATE month SET visitors = visitors + ?3 WHERE series = ?1 AND month = ?2").Run(series, CalendarMonth.OfDay(day), now - before);
    }

    /// <summary>Removes sketches of finished days: they can be put together from those of their hours. Within a transaction.</summary>
    /// <param name="today">UTC days since 1970.</param>
    public void Clean(long today) => writer.Sql("DELETE FROM visitor_day WHERE day < ?1").Run(today - DaysKept);

    private byte[] Bytes(HyperLogLog sketch)
    {
        _bytes.ResetWrittenCount();
        sketch.Write(_bytes);
        return _bytes.WrittenSpan.ToArray();
    }

    /// <summary>Adds the sketches of some rows; false when there are none.</summary>
    internal static bool TryAdd(HyperLogLog sketch, Statement.RowReader rows)
    {
        var any = false;
        using (rows)
        {
            for (; rows.Read(); any = true)
            {
                if (!sketch.TryAdd(rows.Blob(0)))
                    throw new StoreException("A sketch of visitors in the database is damaged.");
            }
        }
        return any;
    }
}
