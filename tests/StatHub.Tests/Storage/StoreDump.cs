namespace StatHub.Tests.Storage;

/// <summary>All rows that answers are made of, but for minutes, which a verification compares, and for numbers that depend on the order in which things came.</summary>
internal static class StoreDump
{
    private const string OfSeries = "r JOIN series s ON s.id = r.series JOIN tenant t ON t.id = s.tenant";

    private static readonly string[] Sums =
    [
        "SELECT 'series', t.name, s.key, s.hits, s.first_ms, s.last_ms FROM series s JOIN tenant t ON t.id = s.tenant",
        $"SELECT 'month', t.name, s.key, r.month, r.hits, r.bots, r.value_e9 * 1000000000 + r.value_rest, r.visitors FROM month {OfSeries}",
        $"SELECT 'day', t.name, s.key, r.day, r.hits, r.bots, r.value_e9 * 1000000000 + r.value_rest, r.visitors FROM day {OfSeries}",
        $"SELECT 'hour', t.name, s.key, r.hour, r.hits, r.bots, r.value_e9 * 1000000000 + r.value_rest, r.visitors FROM hour {OfSeries}",
        $"SELECT 'visitors', t.name, s.key, r.hour, hex(r.sketch) FROM visitor_hour {OfSeries}",
        $"SELECT 'top', t.name, s.key, r.dimension, r.own, r.day, hex(r.top) FROM dimension_day {OfSeries}",
        $"SELECT 'packed', t.name, s.key, r.day, hex(r.packed), hex(r.hours) FROM day {OfSeries} WHERE r.packed IS NOT NULL",
        "SELECT 'event', t.name, hex(e.id), e.at_ms FROM event e JOIN tenant t ON t.id = e.tenant",
        $"SELECT 'month top', t.name, s.key, r.dimension, r.own, r.month, hex(r.top) FROM dimension_month {OfSeries}",
    ];

    private static readonly string[] Rest =
    [
        "SELECT 'tenant', name, title, retention_days, registered, key_limit, hits_per_day FROM tenant WHERE registered = 1",
        "SELECT 'token', id, name, tenant, scopes, hex(hash) FROM token",
        "SELECT 'ledger', minute, coalesce(t.name, '-'), outcome, sum(lines) FROM ledger LEFT JOIN tenant t ON t.id = tenant GROUP BY 1, 2, 3, 4",
    ];

    /// <summary>The sums of a store; it is started again, so that none waits.</summary>
    public static string[] OfSums(StoreFolder folder) => Rows(folder, Sums);

    /// <summary>Sums, ledger, tenants and tokens.</summary>
    public static string[] OfAll(StoreFolder folder) => Rows(folder, [.. Sums, .. Rest]);

    private static string[] Rows(StoreFolder folder, string[] questions)
    {
        folder.Restart();
        return [.. questions.SelectMany(sql => folder.Sql(sql).Split('\n', StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal)];
    }
}
