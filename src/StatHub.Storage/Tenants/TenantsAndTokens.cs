using Microsoft.Data.Sqlite;
using StatHub.Core.Tenants;
using StatHub.Storage.Tokens;

namespace StatHub.Storage.Tenants;

/// <summary>An erase takes a tenant's tokens with it, also those in memory, and what is kept of it outside the database of hits.</summary>
internal sealed class TenantsAndTokens(SqliteTenants tenants, SqliteTokens tokens, IReadOnlyList<ITenantData> others, Erasures erasures) : ITenantStore
{
    public IReadOnlyList<Tenant> List() => tenants.List();

    public Tenant? Find(TenantId id) => tenants.Find(id);

    public bool TryCreate(Tenant tenant)
    {
        // What an erase failed at must not be the new tenant's.
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

    /// <summary>Erases those again whom an older database brought back, of hits or another.</summary>
    /// <returns>What could not be erased. The next start tries again; until then the tenant cannot be registered.</returns>
    public IReadOnlyList<string> EraseAgain()
    {
        if (tenants.EraseAgain())
            tokens.Reread();
        var failures = new List<string>();
        foreach (var (tenant, erasedAt) in erasures.Read())
        {
            try
            {
                Erase(tenant, erasedAt);
            }
            catch (Exception exception) when (exception is SqliteException or StoreException or IOException)
            {
                failures.Add($"Tenant '{tenant}' was erased, and something of it is left: {exception.Message}");
            }
        }
        return failures;
    }

    private void EraseOthers(TenantId id)
    {
        if (erasures.ErasedAt(id) is { } erasedAt)
            Erase(id, erasedAt);
    }

    private void Erase(TenantId id, long erasedAt)
    {
        foreach (var other in others)
            other.Erase(id, erasedAt);
    }
}
