using StatHub.Core.Tenants;
using StatHub.Storage.Stats;
using StatHub.Storage.Tokens;

namespace StatHub.Storage.Tenants;

/// <summary>An erase takes a tenant's tokens with it, also those in memory, and its stats, which are in a database of their own.</summary>
internal sealed class TenantsAndTokens(SqliteTenants tenants, SqliteTokens tokens, SqliteStats stats, Erasures erasures) : ITenantStore
{
    public IReadOnlyList<Tenant> List() => tenants.List();

    public Tenant? Find(TenantId id) => tenants.Find(id);

    public bool TryCreate(Tenant tenant)
    {
        // Stats of an erase that failed at them must not be the new tenant's.
        if (tenants.Find(tenant.Id) is null)
            EraseStats(tenant.Id);
        return tenants.TryCreate(tenant);
    }

    public bool TryChange(Tenant tenant) => tenants.TryChange(tenant);

    public bool Erase(TenantId id)
    {
        try
        {
            var erased = tenants.Erase(id);
            if (erased)
            {
                tokens.Forget(id);
                EraseStats(id);
            }
            return erased;
        }
        catch
        {
            // Its rows may be gone, and what failed were the files.
            tokens.Reread();
            throw;
        }
    }

    /// <summary>Erases those again whom an older database brought back, of hits or of stats.</summary>
    public void EraseAgain()
    {
        if (tenants.EraseAgain())
            tokens.Reread();
        foreach (var (tenant, erasedAt) in erasures.Read())
            stats.Erase(tenant, erasedAt);
    }

    private void EraseStats(TenantId id)
    {
        if (erasures.ErasedAt(id) is { } erasedAt)
            stats.Erase(id, erasedAt);
    }
}
