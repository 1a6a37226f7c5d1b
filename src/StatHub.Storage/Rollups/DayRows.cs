using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Time;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Rollups;

/// <summary>The rows that a tenant has of one day, read and replaced as a whole.</summary>
/// <param name="sql">Statements of the connection.</param>
/// <param name="tenant">The tenant's number.</param>
/// <param name="day">UTC days since 1970.</param>
internal sealed class DayRows(Func<string, Statement> sql, long tenant, long day)
{
    private const long MillisecondsPerMinute = 60_000;

    /// <summary>The tenant as a whole and its keys, in the order of keys.</summary>
    public IEnumerable<SeriesDay> Read() => Series().OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => Read(one.Value, one.Key)!);

    /// <summary>How many series have rows of the day, and the hits of the tenant as a whole.</summary>
    public (int Series, long Hits) Size()
    {
        using var rows = sql(
            """
            SELECT count(*), coalesce(sum(CASE WHEN s.key = '' THEN d.hits END), 0) FROM series s JOIN day d ON d.series = s.id AND d.day = ?2
            WHERE s.tenant = ?1
            """).Rows(tenant, day);
        rows.Read();
        return (rows.Int(0), rows.Long(1));
    }

    /// <summary>
    /// Replaces what is not as it should be, with months and all time, but for the top lists of months; within a transaction.
    /// </summary>
    /// <returns>The series that had rows which were replaced.</returns>
    public IReadOnlyList<long> Replace(IReadOnlyList<SeriesDay> rows)
    {
        var month = new MonthRows(sql, CalendarMonth.OfDay(day));
        var gone = Series();
        var replaced = new List<long>();
        foreach (var row in rows)
        {
            gone.Remove(row.Key);
            var series = sql("SELECT id FROM series WHERE tenant = ?1 AND key = ?2").Number(tenant, row.Key) ?? Create(row.Key);
            if (Known(series, row.Key) is { } known && known.HasRowsOf(row))
                continue;
            Delete(series);
            Insert(series, row);
            month.SumUp(series, row.First, row.Last);
            replaced.Add(series);
        }
        foreach (var series in gone.Values)
        {
            Delete(series);
            month.SumUp(series);
        }
        return [.. replaced, .. gone.Values];
    }

    /// <summary>Series with a row of the day.</summary>
    private Dictionary<string, long> Series()
    {
        var series = new Dictionary<string, long>();
        using var rows = sql("SELECT s.key, s.id FROM series s JOIN day d ON d.series = s.id AND d.day = ?2 WHERE s.tenant = ?1").Rows(tenant, day);
        while (rows.Read())
            series.Add(rows.Text(0), rows.Long(1));
        return series;
    }

    /// <summary>What there is; rows that cannot be read are not as they should be.</summary>
    private SeriesDay? Known(long series, string key)
    {
        try
        {
            return Read(series, key);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private SeriesDay? Read(long series, string key)
    {
        using var rows = sql("SELECT hits, bots, value_e9, value_rest, visitors, packed FROM day WHERE series = ?1 AND day = ?2").Rows(series, day);
        if (!rows.Read())
            return null;
        var packed = rows.IsNull(5) ? null : PackedDay.Read(rows.Blob(5));
        var hours = Hours(series, packed);
        var (first, last) = Ends(series, hours);
        return new SeriesDay(key, Sums(rows, 0), rows.Long(4), first, last, hours, packed?.Tops ?? Tops(series));
    }

    private static Tally Sums(Statement.RowReader rows, int column) =>
        new(rows.Long(column), rows.Long(column + 1), new SplitValue(rows.Long(column + 2), rows.Long(column + 3)).Sum);

    private List<SeriesHour> Hours(long series, PackedDay? packed)
    {
        var sketches = (packed?.Sketches ?? []).ToDictionary(one => (int)day * 24 + one.Hour, one => one.Sketch);
        using (var rows = sql("SELECT hour, sketch FROM visitor_hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3").Rows(series, day * 24, day * 24 + 24))
        {
            while (rows.Read())
                sketches[rows.Int(0)] = rows.Blob(1).ToArray();
        }
        return [.. new HourRows(sql).Read(series, day * 24, day * 24 + 24)
            .Select(hour => new SeriesHour(hour.Number, hour.Sums, MinuteBlob.Write(hour.ReadMinutes()), hour.Visitors, sketches.GetValueOrDefault(hour.Number, [])))];
    }

    private List<SeriesTop> Tops(long series)
    {
        var tops = new List<SeriesTop>();
        using var rows = sql("SELECT dimension, own, top FROM dimension_day WHERE series = ?1 AND day = ?2 ORDER BY dimension, own").Rows(series, day);
        while (rows.Read())
            tops.Add(new SeriesTop(new DimensionName((Dimension)rows.Int(0), rows.Text(1)), rows.Blob(2).ToArray()));
        return tops;
    }

    /// <summary>The series' first and last instant, where they are of this day; else its first and last minute, which then do not count.</summary>
    private (long First, long Last) Ends(long series, List<SeriesHour> hours)
    {
        var minutes = hours.SelectMany(hour => MinutesOf(hour).Select(minute => hour.Hour * 60L + minute)).DefaultIfEmpty().ToList();
        using var rows = sql("SELECT first_ms, last_ms FROM series WHERE id = ?1").Rows(series);
        rows.Read();
        return (IsOfDay(rows.Long(0)) ? rows.Long(0) : minutes.Min() * MillisecondsPerMinute, IsOfDay(rows.Long(1)) ? rows.Long(1) : minutes.Max() * MillisecondsPerMinute);
    }

    private static IEnumerable<byte> MinutesOf(SeriesHour hour)
    {
        var minutes = new MinuteSums();
        MinuteBlob.AddTo(hour.Minutes, minutes);
        return minutes.Cells.ToArray().Select(cell => cell.Minute);
    }

    private bool IsOfDay(long milliseconds) => milliseconds / (MinuteRange.PerDay * MillisecondsPerMinute) == day;

    private long Create(string key)
    {
        var series = sql("UPDATE counter SET value = value + 1 WHERE name = 'series' RETURNING value").Number()!.Value;
        sql("INSERT INTO series (id, tenant, key, hits, first_ms, last_ms) VALUES (?1, ?2, ?3, 0, ?4, ?5)").Run(series, tenant, key, long.MaxValue, long.MinValue);
        return series;
    }

    private void Delete(long series)
    {
        sql("DELETE FROM day WHERE series = ?1 AND day = ?2").Run(series, day);
        sql("DELETE FROM hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3").Run(series, day * 24, day * 24 + 24);
        sql("DELETE FROM visitor_hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3").Run(series, day * 24, day * 24 + 24);
        // It is put together from those of its hours when it is needed.
        sql("DELETE FROM visitor_day WHERE series = ?1 AND day = ?2").Run(series, day);
        sql("DELETE FROM dimension_day WHERE series = ?1 AND day = ?2").Run(series, day);
    }

    private void Insert(long series, SeriesDay row)
    {
        var isFew = row.Total.Hits <= PackedDay.MostHits;
        var value = SplitValue.Of(row.Total.Value);
        sql("INSERT INTO day (series, day, hits, bots, value_e9, value_rest, visitors, packed, hours) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)").Run(
            series, day, row.Total.Hits, row.Total.Bots, value.E9, value.Rest, row.Visitors,
            isFew ? new PackedDayWriter().Write(Packed(row)).ToArray() : null,
            isFew ? PackedHours.Write(row.Hours.Select(hour => (hour.Hour, hour.Minutes)).ToArray()) : null);
        if (!isFew)
            InsertRows(series, row);
    }

    private void InsertRows(long series, SeriesDay row)
    {
        foreach (var hour in row.Hours)
        {
            var sum = SplitValue.Of(hour.Total.Value);
            sql("INSERT INTO hour (series, hour, hits, bots, value_e9, value_rest, minutes, visitors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
                .Run(series, hour.Hour, hour.Total.Hits, hour.Total.Bots, sum.E9, sum.Rest, hour.Minutes, hour.Visitors);
            if (hour.Sketch.Length > 0)
                sql("INSERT INTO visitor_hour (series, hour, sketch) VALUES (?1, ?2, ?3)").Run(series, hour.Hour, hour.Sketch);
        }
        foreach (var top in row.Tops)
        {
            sql("INSERT INTO dimension_day (series, dimension, own, day, top) VALUES (?1, ?2, ?3, ?4, ?5)")
                .Run(series, (int)top.Name.Dimension, top.Name.Own, day, top.Values);
        }
    }

    private PackedDay Packed(SeriesDay row) =>
        new(row.Tops, [.. row.Hours.Where(hour => hour.Sketch.Length > 0).Select(hour => ((int)(hour.Hour - day * 24), hour.Sketch))]);
}
