using StatHub.Core.Tenants;
using StatHub.Storage.Tokens;

namespace StatHub.Storage.Tenants;

/// <summary>An erase takes a tenant's tokens with it, also those in memory.</summary>
internal sealed class TenantsAndTokens(SqliteTenants tenants, SqliteTokens tokens) : ITenantStore
{
    public IReadOnlyList<Tenant> List() => tenants.List();

    public Tenant? Find(TenantId id) => tenants.Find(id);

    public bool TryCreate(Tenant tenant) => tenants.TryCreate(tenant);

    public bool TryChange(Tenant tenant) => tenants.TryChange(tenant);

    public bool Erase(TenantId id)
    {
        try
        {
            var erased = tenants.Erase(id);
            if (erased)
                tokens.Forget(id);
            return erased;
        }
        catch
        {
            // Its rows may be gone, and what failed were the files.
            tokens.Reread();
            throw;
        }
    }

    /// <summary>Erases those again whom an older database brought back.</summary>
    public void EraseAgain()
    {
        if (tenants.EraseAgain())
            tokens.Reread();
    }
}
