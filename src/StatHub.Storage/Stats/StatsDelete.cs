using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>Removes stats. Within a transaction, and with nothing changed that is not written.</summary>
internal sealed class StatsDelete(Writer writer)
{
    /// <summary>Removes a tenant's stats whose names contain a text; how many.</summary>
    public int Containing(TenantId tenant, string text)
    {
        var count = writer.Sql("SELECT count(*) FROM (SELECT DISTINCT kind, name FROM stat WHERE tenant = ?1 AND instr(name, ?2) > 0)").Number(tenant.ToString(), text);
        writer.Sql("DELETE FROM member WHERE list IN (SELECT list FROM stat WHERE tenant = ?1 AND kind = 3 AND instr(name, ?2) > 0)").Run(tenant.ToString(), text);
        writer.Sql("DELETE FROM stat WHERE tenant = ?1 AND instr(name, ?2) > 0").Run(tenant.ToString(), text);
        return (int)(count ?? 0);
    }

    /// <summary>Whether everything of a tenant was removed for an erase already.</summary>
    /// <param name="tenant">Who was erased.</param>
    /// <param name="erasedAt">Unix milliseconds.</param>
    public bool IsDone(TenantId tenant, long erasedAt) => writer.Sql("SELECT erased_ms FROM erased WHERE tenant = ?1").Number(tenant.ToString()) >= erasedAt;

    /// <summary>Removes everything of a tenant, and notes for which erase.</summary>
    public void Everything(TenantId tenant, long erasedAt)
    {
        writer.Sql("DELETE FROM member WHERE list IN (SELECT list FROM stat WHERE tenant = ?1 AND kind = 3)").Run(tenant.ToString());
        writer.Sql("DELETE FROM stat WHERE tenant = ?1").Run(tenant.ToString());
        writer.Sql("INSERT INTO erased (tenant, erased_ms) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET erased_ms = excluded.erased_ms").Run(tenant.ToString(), erasedAt);
    }
}
