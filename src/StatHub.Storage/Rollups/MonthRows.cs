using System.Buffers;
using StatHub.Core.Sketches;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Rollups;

/// <summary>The rows of a month, made again from those of its days. A series has none of a month whose days are all packed: its sums are theirs.</summary>
/// <param name="sql">Statements of the connection.</param>
/// <param name="month">The month.</param>
internal sealed class MonthRows(Func<string, Statement> sql, long month)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    private readonly long _from = CalendarMonth.FirstDay(month);
    private readonly long _to = CalendarMonth.FirstDay(month + 1);

    /// <summary>The series of a tenant that have rows of the month or its days.</summary>
    public IReadOnlyList<long> Series(long tenant)
    {
        var series = new List<long>();
        using var rows = sql(
            """
            SELECT id FROM series s WHERE tenant = ?1 AND (EXISTS (SELECT 1 FROM month m WHERE m.series = s.id AND m.month = ?2)
                OR EXISTS (SELECT 1 FROM day d WHERE d.series = s.id AND d.day >= ?3 AND d.day < ?4)
                OR EXISTS (SELECT 1 FROM dimension_month d WHERE d.series = s.id AND d.month = ?2))
            """).Rows(tenant, month, _from, _to);
        while (rows.Read())
            series.Add(rows.Long(0));
        return series;
    }

    /// <summary>Sums up the days of a series, then its months; within a transaction.</summary>
    /// <param name="series">The series.</param>
    /// <param name="first">An instant that is not before its first hit, in Unix milliseconds.</param>
    /// <param name="last">An instant that is not behind its last hit.</param>
    public void SumUp(long series, long first = long.MaxValue, long last = long.MinValue)
    {
        sql("DELETE FROM month WHERE series = ?1 AND month = ?2").Run(series, month);
        Insert(series);
        sql(
            """
            UPDATE series SET hits = (SELECT coalesce(sum(hits), 0) FROM day WHERE series = ?1), first_ms = min(first_ms, ?2), last_ms = max(last_ms, ?3)
            WHERE id = ?1
            """).Run(series, first, last);
    }

    /// <summary>Inserts the sums of the days of a series, unless all are packed; within a transaction.</summary>
    public void Insert(long series) => sql(
        """
        INSERT INTO month (series, month, hits, bots, value_e9, value_rest, visitors)
        SELECT ?1, ?2, sum(hits), sum(bots), sum(value_e9), sum(value_rest), sum(visitors) FROM day
        WHERE series = ?1 AND day >= ?3 AND day < ?4 HAVING sum(hours IS NULL) > 0
        """).Run(series, month, _from, _to);

    /// <summary>Removes all rows that a series has of the month and its days; within a transaction.</summary>
    /// <returns>How many.</returns>
    public int Remove(long series)
    {
        const int hours = 24;
        string[] days =
        [
            "DELETE FROM day WHERE series = ?1 AND day >= ?2 AND day < ?3",
            "DELETE FROM visitor_day WHERE series = ?1 AND day >= ?2 AND day < ?3",
            "DELETE FROM dimension_day WHERE series = ?1 AND day >= ?2 AND day < ?3",
        ];
        var rows = days.Sum(statement => sql(statement).Run(series, _from, _to));
        rows += sql("DELETE FROM hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3").Run(series, _from * hours, _to * hours);
        rows += sql("DELETE FROM visitor_hour WHERE series = ?1 AND hour >= ?2 AND hour < ?3").Run(series, _from * hours, _to * hours);
        rows += sql("DELETE FROM dimension_month WHERE series = ?1 AND month = ?2").Run(series, month);
        rows += sql("DELETE FROM month WHERE series = ?1 AND month = ?2").Run(series, month);
        return rows + sql("UPDATE series SET hits = (SELECT coalesce(sum(hits), 0) FROM day WHERE series = ?1) WHERE id = ?1").Run(series);
    }

    /// <summary>Removes a series that has no day; within a transaction.</summary>
    public static bool RemoveEmpty(Func<string, Statement> sql, long series) =>
        sql("DELETE FROM series WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM day WHERE series = ?1)").Run(series) > 0;

    /// <summary>Makes the top lists of a series again where they are not as they should be; within a transaction.</summary>
    public void ListTops(long series)
    {
        var (now, before) = Tops(series);
        foreach (var (name, top) in now)
        {
            var bytes = Written(top);
            if (before.Remove(name, out var known) && bytes.AsSpan().SequenceEqual(Written(known)))
                continue;
            sql(
                """
                INSERT INTO dimension_month (series, dimension, own, month, top) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (series, dimension, own, month) DO UPDATE SET top = excluded.top
                """).Run(series, name.Dimension, name.Own, month, bytes);
        }
        foreach (var name in before.Keys)
            sql("DELETE FROM dimension_month WHERE series = ?1 AND dimension = ?2 AND own = ?3 AND month = ?4").Run(series, name.Dimension, name.Own, month);
    }

    /// <summary>The top lists of a series, as they follow from those of its days, and as they are.</summary>
    public (Dictionary<(int Dimension, string Own), HeavyHitters> OfDays, Dictionary<(int Dimension, string Own), HeavyHitters> OfMonth) Tops(long series) => (
        Lists(sql("SELECT dimension, own, top FROM dimension_day WHERE series = ?1 AND day >= ?2 AND day < ?3 ORDER BY day").Rows(series, _from, _to)),
        Lists(sql("SELECT dimension, own, top FROM dimension_month WHERE series = ?1 AND month = ?2").Rows(series, month)));

    private static Dictionary<(int Dimension, string Own), HeavyHitters> Lists(Statement.RowReader rows)
    {
        var lists = new Dictionary<(int, string), HeavyHitters>();
        using (rows)
        {
            while (rows.Read())
            {
                var name = (rows.Int(0), rows.Text(1));
                if (!lists.TryGetValue(name, out var list))
                    lists[name] = list = new HeavyHitters();
                // One that is damaged adds nothing: it is not as it should be, and written again.
                list.TryAdd(rows.Blob(2));
            }
        }
        return lists;
    }

    private byte[] Written(HeavyHitters top)
    {
        _bytes.ResetWrittenCount();
        top.Write(_bytes);
        return _bytes.WrittenSpan.ToArray();
    }
}
