using StatHub.Core.Hits;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Rollups;

/// <summary>The number that the rows of a key, or of a tenant as a whole, are under.</summary>
internal static class SeriesRow
{
    /// <summary>Finds it; null for a tenant that is not registered and for what has no hits.</summary>
    public static long? Find(Reader reader, HitScope scope) => reader.Sql(
        "SELECT id FROM series WHERE tenant = (SELECT id FROM tenant WHERE name = ?1 AND registered = 1) AND key = ?2")
        .Number(scope.Tenant.ToString(), scope.Key?.ToString() ?? "");
}
