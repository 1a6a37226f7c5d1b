using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tenants;

/// <summary>Which tenants and days there is something of.</summary>
internal static class StoredDays
{
    /// <summary>A tenant and its number.</summary>
    internal readonly record struct Owner(long Number, TenantId Id);

    /// <summary>All registered tenants, or one of them, by name.</summary>
    public static IReadOnlyList<Owner> Tenants(Reader reader, TenantId? only)
    {
        var tenants = new List<Owner>();
        using var rows = reader.Sql("SELECT id, name FROM tenant WHERE registered = 1 ORDER BY name").Rows();
        while (rows.Read())
        {
            var id = TenantId.Parse(rows.Text(1));
            if (only is null || only == id)
                tenants.Add(new Owner(rows.Long(0), id));
        }
        return tenants;
    }

    /// <summary>The first day whose raw hits a tenant keeps.</summary>
    public static long FirstKept(Reader reader, long tenant) => reader.Sql("SELECT raw_from_day FROM tenant WHERE id = ?1").Number(tenant) ?? 0;

    /// <summary>How many hits of a tenant there are in some days.</summary>
    public static long Hits(Reader reader, long tenant, DayRange days) => reader.Sql(
        "SELECT sum(hits) FROM day WHERE series = (SELECT id FROM series WHERE tenant = ?1 AND key = '') AND day >= ?2 AND day < ?3")
        .Number(tenant, days.From, days.To) ?? 0;

    /// <summary>Days that have sums or raw hits, in their order.</summary>
    public static IReadOnlyList<long> Of(Reader reader, long tenant, DayRange days)
    {
        var found = new List<long>();
        using var rows = reader.Sql(
            """
            SELECT day FROM day WHERE series = (SELECT id FROM series WHERE tenant = ?1 AND key = '') AND day >= ?2 AND day < ?3
            UNION SELECT day FROM member WHERE tenant = ?1 AND day >= ?2 AND day < ?3
            UNION SELECT day FROM compacted WHERE tenant = ?1 AND day >= ?2 AND day < ?3 ORDER BY 1
            """).Rows(tenant, days.From, days.To);
        while (rows.Read())
            found.Add(rows.Long(0));
        return found;
    }
}
