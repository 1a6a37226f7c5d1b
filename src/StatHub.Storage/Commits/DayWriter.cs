using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Commits;

/// <summary>
/// Adds a batch's sums to the rows that a series has of days, with their hours and months. A day of few hits is one row: its hours are packed into it, and a month
/// has a row only from the first of its days on that has more.
/// </summary>
internal sealed class DayWriter(Writer writer)
{
    /// <summary>What a batch adds to a day of a series.</summary>
    private readonly record struct Part(long Series, int Day, KeyValuePair<int, MinuteSums>[] Hours, Tally Total);

    /// <summary>Adds sums, within the commit's transaction; whether all that they say of dimensions and visitors was packed with them.</summary>
    /// <param name="series">The series; the day it has a row of is noted.</param>
    /// <param name="sums">What is added.</param>
    /// <param name="ready">The day of few hits that it probably begins with that, packed; null leaves dimensions and visitors to who writes those of others.</param>
    /// <param name="batch">The number of the batch that is packed.</param>
    public bool Write(ref KnownSeries.Known series, KeySums sums, NewDay? ready, long batch)
    {
        if (ready is not null)
        {
            // A series without any day has no month either.
            var isFirst = series.Day == KnownSeries.Known.NoDay;
            (series.Day, series.HasHours) = (ready.Day, false);
            if (TryInsert(series.Series, ready, batch))
            {
                if (!isFirst)
                    AddToMonth(series.Series, ready.Day, ready.Total, ready.Visitors, hasHours: false);
                return true;
            }
        }
        if (sums.OnlyDay is { } only)
        {
            Write(ref series, new Part(series.Series, only, sums.Hours.ToArray(), sums.Total));
            return false;
        }
        foreach (var day in sums.Hours.ToArray().GroupBy(hour => hour.Key / 24))
            Write(ref series, new Part(series.Series, day.Key, [.. day], day.Aggregate(default(Tally), (total, hour) => total + hour.Value.Total())));
        return false;
    }

    private void Write(ref KnownSeries.Known series, in Part part)
    {
        if (series.Day != part.Day)
        {
            (series.Day, series.HasHours) = (part.Day, false);
            if (TryInsert(part))
                return;
        }
        if (!TryAdd(ref series, part))
            TryInsert(part);
    }

    /// <summary>Adds to a day that has a row, first in the way that its hours were kept lately; false when it has none.</summary>
    private bool TryAdd(ref KnownSeries.Known series, in Part part) => series.HasHours
        ? TryAddToRows(ref series, part) || TryAddToPacked(ref series, part)
        : TryAddToPacked(ref series, part) || TryAddToRows(ref series, part);

    /// <summary>Inserts a day that has no row, with its hours and month, and without dimensions and visitors; false when it has one.</summary>
    private bool TryInsert(in Part part)
    {
        var isFew = part.Total.Hits <= PackedDay.MostHits;
        if (!TryInsert(part.Series, part.Day, part.Total, 0, isFew ? PackedDay.Nothing : null, 0, isFew ? PackedHours.Write(part.Hours) : null))
            return false;
        if (!isFew)
            InsertHours(part.Series, part.Hours, null);
        AddToMonth(part.Series, part.Day, part.Total, 0, hasHours: !isFew);
        return true;
    }

    /// <summary>Inserts a day that has no row; false when it has one.</summary>
    private bool TryInsert(long series, NewDay day, long batch) => TryInsert(series, day.Day, day.Total, day.Visitors, day.Packed, batch, day.Hours);

    private bool TryInsert(long series, int day, Tally total, long visitors, byte[]? packed, long batch, byte[]? hours)
    {
        var value = SplitValue.Of(total.Value);
        return writer.Sql(
            """
            INSERT INTO day (series, day, hits, bots, value_e9, value_rest, visitors, packed, packed_batch, hours) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (series, day) DO NOTHING
            """).Run(series, day, total.Hits, total.Bots, value.E9, value.Rest, visitors, packed, batch, hours) > 0;
    }

    /// <summary>Adds to a day whose hours have rows; false where there is none.</summary>
    private bool TryAddToRows(ref KnownSeries.Known series, in Part part)
    {
        var value = SplitValue.Of(part.Total.Value);
        var isAdded = writer.Sql(
            """
            UPDATE day SET hits = hits + ?3, bots = bots + ?4, value_e9 = value_e9 + ?5, value_rest = value_rest + ?6
            WHERE series = ?1 AND day = ?2 AND hours IS NULL
            """).Run(part.Series, part.Day, part.Total.Hits, part.Total.Bots, value.E9, value.Rest) > 0;
        series.HasHours = isAdded;
        if (!isAdded)
            return false;
        foreach (var (hour, minutes) in part.Hours)
            AddToHour(part.Series, hour, minutes);
        AddToMonth(part.Series, part.Day, part.Total, 0, hasHours: true);
        return true;
    }

    /// <summary>Adds to a day whose hours are packed, and gives them rows where it has too many hits then; false where there is none.</summary>
    private bool TryAddToPacked(ref KnownSeries.Known series, in Part part)
    {
        KeyValuePair<int, MinuteSums>[] hours;
        // What their numbers of visitors are from, where they get rows.
        PackedDay? unpacked;
        using (var rows = writer.Sql("SELECT hits, hours, packed FROM day WHERE series = ?1 AND day = ?2 AND hours IS NOT NULL").Rows(part.Series, part.Day))
        {
            if (!rows.Read())
                return false;
            hours = PackedHours.Union(part.Day, rows.Blob(1), part.Hours);
            unpacked = rows.Long(0) + part.Total.Hits > PackedDay.MostHits ? PackedDay.Read(rows.Blob(2)) : null;
        }
        var value = SplitValue.Of(part.Total.Value);
        writer.Sql("UPDATE day SET hits = hits + ?3, bots = bots + ?4, value_e9 = value_e9 + ?5, value_rest = value_rest + ?6, hours = ?7 WHERE series = ?1 AND day = ?2")
            .Run(part.Series, part.Day, part.Total.Hits, part.Total.Bots, value.E9, value.Rest, unpacked is null ? PackedHours.Write(hours) : null);
        series.HasHours = unpacked is not null;
        if (unpacked is not null)
            InsertHours(part.Series, hours, unpacked);
        AddToMonth(part.Series, part.Day, part.Total, 0, hasHours: unpacked is not null);
        return true;
    }

    private void InsertHours(long series, KeyValuePair<int, MinuteSums>[] hours, PackedDay? packed)
    {
        foreach (var (hour, minutes) in hours)
        {
            var total = minutes.Total();
            var value = SplitValue.Of(total.Value);
            writer.Sql("INSERT INTO hour (series, hour, hits, bots, value_e9, value_rest, minutes, visitors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
                .Run(series, hour, total.Hits, total.Bots, value.E9, value.Rest, MinuteBlob.Write(minutes), packed?.VisitorsOf(hour % 24) ?? 0);
        }
    }

    /// <summary>Merges minutes into the hour's row.</summary>
    private void AddToHour(long series, int hour, MinuteSums added)
    {
        var merged = added;
        using (var rows = writer.Sql("SELECT minutes FROM hour WHERE series = ?1 AND hour = ?2").Rows(series, hour))
        {
            if (rows.Read())
            {
                merged = new MinuteSums();
                MinuteBlob.AddTo(rows.Blob(0), merged);
                merged.Add(added);
            }
        }
        var total = merged.Total();
        var split = SplitValue.Of(total.Value);
        writer.Sql(
            """
            INSERT INTO hour (series, hour, hits, bots, value_e9, value_rest, minutes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (series, hour) DO UPDATE SET hits = excluded.hits, bots = excluded.bots,
                value_e9 = excluded.value_e9, value_rest = excluded.value_rest, minutes = excluded.minutes
            """).Run(series, hour, total.Hits, total.Bots, split.E9, split.Rest, MinuteBlob.Write(merged));
    }

    /// <summary>Adds to the month's row; one that there is not is made when a day of it has hours in rows.</summary>
    private void AddToMonth(long series, int day, Tally total, long visitors, bool hasHours)
    {
        var month = CalendarMonth.OfDay(day);
        var value = SplitValue.Of(total.Value);
        var isAdded = writer.Sql(
            """
            UPDATE month SET hits = hits + ?3, bots = bots + ?4, value_e9 = value_e9 + ?5, value_rest = value_rest + ?6, visitors = visitors + ?7
            WHERE series = ?1 AND month = ?2
            """).Run(series, month, total.Hits, total.Bots, value.E9, value.Rest, visitors) > 0;
        if (!isAdded && hasHours)
            new MonthRows(writer.Sql, month).Insert(series);
    }
}
