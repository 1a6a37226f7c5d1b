using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Sketches;
using StatHub.Core.Tenants;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Verification;

/// <summary>Compares what a tenant has of all time: months with their days, keys with their months, the ledger with the hits.</summary>
internal static class TenantComparison
{
    private sealed record Sums(long Hits, long Bots, ValueSum Value, long Visitors)
    {
        public static readonly Sums None = new(0, 0, ValueSum.Zero, 0);
    }

    /// <summary>What the days of a month have.</summary>
    /// <param name="Sums">Their sums.</param>
    /// <param name="HasRows">Whether the hours of one of them have rows; then the month has one, too.</param>
    private readonly record struct MonthOfDays(Sums Sums, bool HasRows)
    {
        public static readonly MonthOfDays None = new(TenantComparison.Sums.None, false);
    }

    public static void Compare(DifferenceList differences, Reader reader, long number, TenantId tenant)
    {
        long hits = 0;
        foreach (var (series, key, known) in Series(reader, number))
        {
            var (days, months) = (Days(reader, series), Months(reader, series));
            foreach (var month in days.Keys.Union(months.Keys).Order())
            {
                // One whose days are all packed has no row.
                var expected = days.GetValueOrDefault(month, MonthOfDays.None);
                if (months.TryGetValue(month, out var found) || expected.HasRows)
                    differences.Compare(tenant, CalendarMonth.FirstDay(month), key, "month", expected.Sums, found ?? Sums.None);
                CompareTops(differences, reader, tenant, key, series, month);
            }
            differences.Compare(tenant, null, key, "hits of all time", days.Values.Sum(month => month.Sums.Hits), known);
            if (key is null)
                hits = known;
        }
        // Those of months whose sums were let go of are in the ledger for ever.
        hits += reader.Sql("SELECT hits_gone FROM tenant WHERE id = ?1").Number(number) ?? 0;
        var counted = reader.Sql("SELECT sum(lines) FROM ledger WHERE tenant = ?1 AND outcome = 0").Number(number) ?? 0;
        differences.Compare(tenant, null, null, "counted lines in the ledger", hits, counted);
    }

    /// <summary>Where values were let go of their sums depend on the order in which they came; what all of them sum up to does not.</summary>
    private static void CompareTops(DifferenceList differences, Reader reader, TenantId tenant, string? key, long series, long month)
    {
        var (days, months) = new MonthRows(reader.Sql, month).Tops(series);
        foreach (var (dimension, own) in days.Keys.Union(months.Keys))
        {
            var (expected, found) = (days.GetValueOrDefault((dimension, own)) ?? new HeavyHitters(), months.GetValueOrDefault((dimension, own)) ?? new HeavyHitters());
            var isSame = expected.Total == found.Total && (expected.Error + found.Error > 0 || Values(expected).SetEquals(Values(found)));
            if (!isSame)
                differences.Compare(tenant, CalendarMonth.FirstDay(month), key, $"top {new DimensionName((Dimension)dimension, own)} of the month", "that of its days", "another");
        }
    }

    private static HashSet<(string, Tally)> Values(HeavyHitters top) => [.. top.ByHits().Select(value => (Convert.ToHexString(value.Name.Span), value.Sums))];

    private static List<(long Series, string? Key, long Hits)> Series(Reader reader, long tenant)
    {
        var all = new List<(long, string?, long)>();
        using var rows = reader.Sql("SELECT id, key, hits FROM series WHERE tenant = ?1").Rows(tenant);
        while (rows.Read())
            all.Add((rows.Long(0), rows.Text(1) is { Length: > 0 } key ? key : null, rows.Long(2)));
        return all;
    }

    private static Dictionary<long, Sums> Months(Reader reader, long series)
    {
        var months = new Dictionary<long, Sums>();
        using var rows = reader.Sql("SELECT month, hits, bots, value_e9, value_rest, visitors FROM month WHERE series = ?1").Rows(series);
        while (rows.Read())
            months.Add(rows.Long(0), Read(rows));
        return months;
    }

    /// <summary>Its days by month.</summary>
    private static Dictionary<long, MonthOfDays> Days(Reader reader, long series)
    {
        var months = new Dictionary<long, MonthOfDays>();
        using var rows = reader.Sql("SELECT day, hits, bots, value_e9, value_rest, visitors, hours IS NULL FROM day WHERE series = ?1").Rows(series);
        while (rows.Read())
        {
            var month = CalendarMonth.OfDay(rows.Long(0));
            var ((sums, hasRows), day) = (months.GetValueOrDefault(month, MonthOfDays.None), Read(rows));
            var both = new Sums(sums.Hits + day.Hits, sums.Bots + day.Bots, sums.Value + day.Value, sums.Visitors + day.Visitors);
            months[month] = new MonthOfDays(both, hasRows || rows.Int(6) != 0);
        }
        return months;
    }

    private static Sums Read(Statement.RowReader rows) => new(rows.Long(1), rows.Long(2), new SplitValue(rows.Long(3), rows.Long(4)).Sum, rows.Long(5));
}
