using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Hits;

/// <summary>
/// Answers from rollups: whole UTC months from the rows of months, where they have one, whole days around them from the rows of days, whole hours around them from those of hours, and only
/// the minutes at either end from the minutes of an hour.
/// </summary>
internal sealed class SqliteHitCounts(ReadPool readers, PendingRollups pending) : IHitCounts
{
    // Hits before this minute may have been counted by a version that did not label bots.
    private readonly Lazy<long> _labelledSince = new(() => readers.Ask(reader =>
        reader.Sql("SELECT value FROM counter WHERE name = 'labelled_since'").Number() ?? 0));

    // Beyond so many buckets one pass over the finest rows is quicker than some look-ups a bucket.
    private const int MostLookups = 64;
    private const int PerHour = 60;
    private const string DaySums =
        "SELECT sum(hits), sum(bots), sum(value_e9), sum(value_rest), sum(visitors) FROM day WHERE series = ?1 AND day >= ?2 AND day < ?3";

    // Hits before this minute may have been counted by a version that did not note visitors.
    private readonly Lazy<long> _visitorsSince = new(() => readers.Ask(reader =>
        reader.Sql("SELECT value FROM counter WHERE name = 'visitors_since'").Number() ?? 0));

    /// <summary>What is summed over some stretch of time.</summary>
    private record struct Sums(Tally Hits, long Visitors);

    public HitTotals Count(HitScope scope, MinuteRange range)
    {
        var waiting = pending.Now();
        return readers.Ask(reader =>
        {
            var sum = default(Sums);
            var from = Math.Max(0, range.From);
            if (SeriesRow.Find(reader, scope) is { } series)
                AddRange(reader, series, Visitors(reader, series, waiting, from, range.To), from, range.To, ref sum);
            return Totals(sum, range.From, range.To);
        });
    }

    public IReadOnlyList<HitTotals> Series(HitScope scope, IReadOnlyList<long> boundaries)
    {
        var waiting = pending.Now();
        return readers.Ask(reader =>
        {
            var sums = new Sums[boundaries.Count - 1];
            if (SeriesRow.Find(reader, scope) is { } series)
            {
                var visitors = Visitors(reader, series, waiting, boundaries[0], boundaries[^1]);
                if (sums.Length <= MostLookups)
                {
                    for (var i = 0; i < sums.Length; i++)
                        AddRange(reader, series, visitors, boundaries[i], boundaries[i + 1], ref sums[i]);
                }
                else
                {
                    AddPass(reader, series, visitors, boundaries, sums);
                }
            }
            return sums.Select((sum, i) => Totals(sum, boundaries[i], boundaries[i + 1])).ToList();
        });
    }

    public IReadOnlyList<KeySummary> Keys(TenantId tenant, string prefix, HitKey? after, int limit) => readers.Ask(reader =>
    {
        var keys = new List<KeySummary>();
        using var rows = reader.Sql(
            """
            SELECT key, hits, first_ms, last_ms FROM series
            WHERE tenant = (SELECT id FROM tenant WHERE name = ?1 AND registered = 1)
                AND key > ?2 AND key >= ?3 AND key < ?4 ORDER BY key LIMIT ?5
            """).Rows(tenant.ToString(), after?.ToString() ?? "", prefix, prefix + char.ConvertFromUtf32(0x10ffff), limit);
        while (rows.Read())
        {
            keys.Add(new KeySummary(
                HitKey.FromStore(rows.Text(0)), rows.Long(1),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(2)), DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(3))));
        }
        return keys;
    });

    private VisitorCounts Visitors(Reader reader, long series, IReadOnlyList<PendingRollups.Generation> waiting, long from, long to) => new(
        reader, series, pending.FindVisitors(
            waiting, series, (from / PerHour, to / PerHour), () => reader.Sql("SELECT value FROM counter WHERE name = 'dimensions'").Number() ?? 0));

    private static void AddRange(Reader reader, long series, VisitorCounts visitors, long from, long to, ref Sums sum)
    {
        var firstDay = RoundUp(from, MinuteRange.PerDay);
        var endDay = to / MinuteRange.PerDay;
        if (firstDay >= endDay)
        {
            AddHours(reader, series, from, to, ref sum);
            // Without a whole day there is at most one midnight.
            var midnight = Math.Clamp(firstDay * MinuteRange.PerDay, from, to);
            AddVisitors(visitors, from, midnight, ref sum);
            AddVisitors(visitors, midnight, to, ref sum);
            return;
        }
        AddHours(reader, series, from, firstDay * MinuteRange.PerDay, ref sum);
        AddVisitors(visitors, from, firstDay * MinuteRange.PerDay, ref sum);
        AddDays(reader, series, firstDay, endDay, ref sum);
        sum.Visitors += visitors.MissingInDays(firstDay, endDay);
        AddHours(reader, series, endDay * MinuteRange.PerDay, to, ref sum);
        AddVisitors(visitors, endDay * MinuteRange.PerDay, to, ref sum);
    }

    /// <summary>Adds the visitors of a part of a day; where its ends are no whole hours the answer has none.</summary>
    private static void AddVisitors(VisitorCounts visitors, long from, long to, ref Sums sum)
    {
        if (from < to && IsWholeHours(from, to))
            sum.Visitors += visitors.Distinct(from / PerHour, to / PerHour);
    }

    private static void AddDays(Reader reader, long series, long from, long to, ref Sums sum)
    {
        if (!CalendarMonth.TryFindWhole(from, to, out var firstMonth, out var endMonth))
        {
            AddRows(reader.Sql(DaySums), series, from, to, ref sum);
            return;
        }
        var next = from;
        using (var rows = reader.Sql("SELECT month, hits, bots, value_e9, value_rest, visitors FROM month WHERE series = ?1 AND month >= ?2 AND month < ?3 ORDER BY month").Rows(series, firstMonth, endMonth))
        {
            while (rows.Read())
            {
                // A month that has no row, and days before and behind all months.
                AddRows(reader.Sql(DaySums), series, next, CalendarMonth.FirstDay(rows.Long(0)), ref sum);
                sum.Hits += new Tally(rows.Long(1), rows.Long(2), new SplitValue(rows.Long(3), rows.Long(4)).Sum);
                sum.Visitors += rows.Long(5);
                next = CalendarMonth.FirstDay(rows.Long(0) + 1);
            }
        }
        AddRows(reader.Sql(DaySums), series, next, to, ref sum);
    }

    private static void AddHours(Reader reader, long series, long from, long to, ref Sums sum)
    {
        if (from >= to)
            return;
        var firstHour = RoundUp(from, PerHour);
        var endHour = to / PerHour;
        if (firstHour > endHour)
        {
            AddMinutes(reader, series, endHour, (int)(from % PerHour), (int)(to % PerHour), ref sum);
            return;
        }
        if (firstHour * PerHour > from)
            AddMinutes(reader, series, firstHour - 1, (int)(from % PerHour), PerHour, ref sum);
        if (firstHour < endHour)
            AddWholeHours(reader, series, firstHour, endHour, ref sum);
        if (endHour * PerHour < to)
            AddMinutes(reader, series, endHour, 0, (int)(to % PerHour), ref sum);
    }

    private static void AddWholeHours(Reader reader, long series, long from, long to, ref Sums sum)
    {
        foreach (var hour in new HourRows(reader.Sql).Read(series, from, to))
            sum.Hits += hour.Sums;
    }

    private static void AddMinutes(Reader reader, long series, long hour, int from, int to, ref Sums sum)
    {
        foreach (var found in new HourRows(reader.Sql).Read(series, hour, hour + 1))
            sum.Hits += found.ReadMinutes().Total(from, to);
    }

    private static void AddRows(Statement statement, long series, long from, long to, ref Sums sum)
    {
        if (from >= to)
            return;
        using var rows = statement.Rows(series, from, to);
        if (!rows.Read() || rows.IsNull(0))
            return;
        sum.Hits += new Tally(rows.Long(0), rows.Long(1), new SplitValue(rows.Long(2), rows.Long(3)).Sum);
        sum.Visitors += rows.Long(4);
    }

    /// <summary>One pass over days, hours or minutes: the coarsest that every boundary fits.</summary>
    private static void AddPass(Reader reader, long series, VisitorCounts visitors, IReadOnlyList<long> boundaries, Sums[] sums)
    {
        if (boundaries.All(boundary => boundary % MinuteRange.PerDay == 0))
        {
            AddDayPass(reader, series, boundaries, sums);
            for (var i = 0; i < sums.Length; i++)
                sums[i].Visitors += visitors.MissingInDays(boundaries[i] / MinuteRange.PerDay, boundaries[i + 1] / MinuteRange.PerDay);
        }
        else if (boundaries.All(boundary => boundary % PerHour == 0))
        {
            AddHourPass(reader, series, visitors, boundaries, sums);
        }
        else
        {
            AddMinutePass(reader, series, boundaries, sums);
            if (Enumerable.Range(0, sums.Length).Any(i => IsWholeHours(boundaries[i], boundaries[i + 1])))
                visitors.AddPass(boundaries, (bucket, count) => sums[bucket].Visitors += count);
        }
    }

    private static void AddHourPass(Reader reader, long series, VisitorCounts visitors, IReadOnlyList<long> boundaries, Sums[] sums)
    {
        var bucket = 0;
        foreach (var hour in new HourRows(reader.Sql).Read(series, boundaries[0] / PerHour, boundaries[^1] / PerHour))
        {
            while (hour.Number * (long)PerHour >= boundaries[bucket + 1])
                bucket++;
            sums[bucket].Hits += hour.Sums;
            sums[bucket].Visitors += hour.Visitors;
        }
        if (boundaries[^1] - boundaries[0] == (long)sums.Length * PerHour)
        {
            // A bucket is an hour.
            foreach (var hour in visitors.PendingHours.Where(hour => hour >= boundaries[0] / PerHour && hour < boundaries[^1] / PerHour))
                sums[hour - boundaries[0] / PerHour].Visitors += visitors.MissingInHour(hour);
            return;
        }
        for (var i = 0; i < sums.Length; i++)
            sums[i].Visitors = 0;
        visitors.AddPass(boundaries, (bucket, count) => sums[bucket].Visitors += count);
    }

    private static void AddDayPass(Reader reader, long series, IReadOnlyList<long> boundaries, Sums[] sums)
    {
        var bucket = 0;
        using var rows = reader.Sql("SELECT day * 1440, hits, bots, value_e9, value_rest, visitors FROM day WHERE series = ?1 AND day >= ?2 AND day < ?3 ORDER BY day")
            .Rows(series, boundaries[0] / MinuteRange.PerDay, boundaries[^1] / MinuteRange.PerDay);
        while (rows.Read())
        {
            var minute = rows.Long(0);
            while (minute >= boundaries[bucket + 1])
                bucket++;
            sums[bucket].Hits += new Tally(rows.Long(1), rows.Long(2), new SplitValue(rows.Long(3), rows.Long(4)).Sum);
            sums[bucket].Visitors += rows.Long(5);
        }
    }

    private static void AddMinutePass(Reader reader, long series, IReadOnlyList<long> boundaries, Sums[] sums)
    {
        var first = 0;
        foreach (var hour in new HourRows(reader.Sql).Read(series, boundaries[0] / PerHour, RoundUp(boundaries[^1], PerHour)))
        {
            var start = hour.Number * (long)PerHour;
            while (first < sums.Length - 1 && start >= boundaries[first + 1])
                first++;
            foreach (var cell in hour.ReadMinutes().Cells)
            {
                var minute = start + cell.Minute;
                var bucket = first;
                while (bucket < sums.Length && minute >= boundaries[bucket + 1])
                    bucket++;
                if (bucket < sums.Length && minute >= boundaries[0])
                    sums[bucket].Hits += new Tally(cell.Hits, cell.Bots, new ValueSum(cell.Millionths));
            }
        }
    }

    private HitTotals Totals(Sums sum, long from, long to) => new(
        sum.Hits.Hits, from >= _labelledSince.Value ? sum.Hits.Bots : null, sum.Hits.Value,
        from >= _visitorsSince.Value && IsWholeHours(from, to) ? sum.Visitors : null);

    private static bool IsWholeHours(long from, long to) => from % PerHour == 0 && to % PerHour == 0;

    private static long RoundUp(long minute, int unit) => (minute + unit - 1) / unit;
}
