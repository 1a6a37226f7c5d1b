namespace StatHub.Core.Tenants;

/// <summary>The registered tenants. Every method is safe to call from several threads.</summary>
public interface ITenantStore
{
    /// <summary>All tenants, by name.</summary>
    IReadOnlyList<Tenant> List();

    /// <summary>The tenant, or null when nobody of that name is registered.</summary>
    Tenant? Find(TenantId id);

    /// <summary>Registers a tenant; false when it exists already (nothing is changed then).</summary>
    bool TryCreate(Tenant tenant);

    /// <summary>Replaces what is said of a registered tenant, but for when that was; false when there is none.</summary>
    bool TryChange(Tenant tenant);

    /// <summary>
    /// Erases a tenant with its tokens, rollups and raw hits; false when there is none. Journal lines of it that are
    /// not read yet, or that are older than a later registration, are rejected as <c>tenant_erased</c>.
    /// </summary>
    bool Erase(TenantId id);
}
