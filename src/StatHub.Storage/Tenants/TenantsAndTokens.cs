using StatHub.Core.Tenants;
using StatHub.Storage.Tokens;

namespace StatHub.Storage.Tenants;

/// <summary>An erase takes a tenant's tokens with it, also those in memory, and what is in databases of their own.</summary>
internal sealed class TenantsAndTokens(SqliteTenants tenants, SqliteTokens tokens, IReadOnlyList<ITenantData> others, Erasures erasures) : ITenantStore
{
    public IReadOnlyList<Tenant> List() => tenants.List();

    public Tenant? Find(TenantId id) => tenants.Find(id);

    public bool TryCreate(Tenant tenant)
    {
        // What is left of an erase that failed must not be the new tenant's.
        if (tenants.Find(tenant.Id) is null)
            EraseOthers(tenant.Id);
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
                EraseOthers(id);
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

    /// <summary>Erases those again whom an older database brought back, of hits or of anything else.</summary>
    public void EraseAgain()
    {
        if (tenants.EraseAgain())
            tokens.Reread();
        foreach (var (tenant, erasedAt) in erasures.Read())
        {
            foreach (var other in others)
                other.Erase(tenant, erasedAt);
        }
    }

    private void EraseOthers(TenantId id)
    {
        if (erasures.ErasedAt(id) is not { } erasedAt)
            return;
        foreach (var other in others)
            other.Erase(id, erasedAt);
    }
}
