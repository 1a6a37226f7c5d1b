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
    private sealed record Sums(long Hits, long Bots, ValueSum Value, long Visitors);

    public static void Compare(DifferenceList differences, Reader reader, long number, TenantId tenant)
    {
        long hits = 0;
        foreach (var (series, key, known) in Series(reader, number))
        {
            long all = 0;
            foreach (var (month, sums) in Months(reader, series))
            {
                all += sums.Hits;
                differences.Compare(tenant, CalendarMonth.FirstDay(month), key, "month", Days(reader, series, month), sums);
                CompareTops(differences, reader, tenant, key, series, month);
            }
            differences.Compare(tenant, null, key, "hits of all time", all, known);
            differences.Compare(tenant, null, key, "hits of all days", all, reader.Sql("SELECT sum(hits) FROM day WHERE series = ?1").Number(series) ?? 0);
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

    private static List<(long Month, Sums Sums)> Months(Reader reader, long series)
    {
        var months = new List<(long, Sums)>();
        using var rows = reader.Sql("SELECT month, hits, bots, value_e9, value_rest, visitors FROM month WHERE series = ?1").Rows(series);
        while (rows.Read())
            months.Add((rows.Long(0), new Sums(rows.Long(1), rows.Long(2), new SplitValue(rows.Long(3), rows.Long(4)).Sum, rows.Long(5))));
        return months;
    }

    private static Sums Days(Reader reader, long series, long month)
    {
        using var rows = reader.Sql("SELECT sum(hits), sum(bots), sum(value_e9), sum(value_rest), sum(visitors) FROM day WHERE series = ?1 AND day >= ?2 AND day < ?3")
            .Rows(series, CalendarMonth.FirstDay(month), CalendarMonth.FirstDay(month + 1));
        return rows.Read() && !rows.IsNull(0)
            ? new Sums(rows.Long(0), rows.Long(1), new SplitValue(rows.Long(2), rows.Long(3)).Sum, rows.Long(4))
            : new Sums(0, 0, ValueSum.Zero, 0);
    }
}
