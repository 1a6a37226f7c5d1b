using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tenants;

/// <summary>Removes everything of a tenant from the database, and leaves its raw hits to be overwritten. Within a transaction.</summary>
internal static class TenantErase
{
    private static readonly string[] Statements =
    [
        "INSERT OR IGNORE INTO wipe SELECT segment, offset, length FROM member WHERE tenant = ?1 AND segment IN (SELECT id FROM segment)",
        "DELETE FROM compacted_member WHERE file IN (SELECT id FROM compacted WHERE tenant = ?1)",
        "DELETE FROM compacted WHERE tenant = ?1",
        "DELETE FROM member WHERE tenant = ?1",
        "DELETE FROM day WHERE series IN (SELECT id FROM series WHERE tenant = ?1)",
        "DELETE FROM month WHERE series IN (SELECT id FROM series WHERE tenant = ?1)",
        "DELETE FROM hour WHERE series IN (SELECT id FROM series WHERE tenant = ?1)",
        "DELETE FROM dimension_day WHERE series IN (SELECT id FROM series WHERE tenant = ?1)",
        "DELETE FROM dimension_month WHERE series IN (SELECT id FROM series WHERE tenant = ?1)",
        "DELETE FROM visitor_hour WHERE series IN (SELECT id FROM series WHERE tenant = ?1)",
        "DELETE FROM visitor_day WHERE series IN (SELECT id FROM series WHERE tenant = ?1)",
        "DELETE FROM series WHERE tenant = ?1",
        "DELETE FROM event WHERE tenant = ?1",
        "DELETE FROM token WHERE tenant = ?1",
        "DELETE FROM rejected WHERE instr(line, '\"tenant\":\"' || (SELECT name FROM tenant WHERE id = ?1) || '\"') > 0",
        // The ledger goes on to balance: what became of the lines is then nobody's.
        """
        INSERT INTO ledger SELECT minute, 0, outcome, lines FROM ledger WHERE tenant = ?1
        ON CONFLICT (minute, tenant, outcome) DO UPDATE SET lines = lines + excluded.lines
        """,
        "DELETE FROM ledger WHERE tenant = ?1",
    ];

    /// <summary>Erases a tenant.</summary>
    /// <param name="writer">The database.</param>
    /// <param name="tenant">Its number.</param>
    /// <param name="erasedAt">Unix milliseconds.</param>
    public static void Run(Writer writer, long tenant, long erasedAt)
    {
        // What is deleted is overwritten, so that no copy of the file has it.
        writer.Sql("PRAGMA secure_delete = ON").Run();
        foreach (var statement in Statements)
            writer.Sql(statement).Run(tenant);
        writer.Sql("PRAGMA secure_delete = OFF").Run();
        writer.Sql(
            """
            UPDATE tenant SET registered = 0, title = '', retention_days = NULL, rollup_months = NULL, key_limit = NULL, hits_per_day = NULL,
                public_read = 0, cors_origins = '', raw_from_day = 0, sums_from_day = 0, hits_gone = 0, erased_ms = ?2 WHERE id = ?1
            """).Run(tenant, erasedAt);
    }

    /// <summary>Registered tenants that were erased after the database last knew of it.</summary>
    /// <param name="writer">The database.</param>
    /// <param name="erasures">The latest erase of each tenant, in Unix milliseconds.</param>
    public static List<(long Number, TenantId Id, long ErasedAt)> FindBack(Writer writer, IReadOnlyDictionary<TenantId, long> erasures)
    {
        var back = new List<(long, TenantId, long)>();
        using var rows = writer.Sql("SELECT id, name, created_ms, erased_ms FROM tenant WHERE registered = 1").Rows();
        while (rows.Read())
        {
            // Who was registered since then is another.
            if (erasures.TryGetValue(TenantId.Parse(rows.Text(1)), out var at) && rows.Long(2) <= at && rows.Long(3) < at)
                back.Add((rows.Long(0), TenantId.Parse(rows.Text(1)), at));
        }
        return back;
    }
}
