using StatHub.Core.Tenants;

namespace StatHub.Storage.Tenants;

/// <summary>Something of tenants that is kept outside the database of hits.</summary>
internal interface ITenantData
{
    /// <summary>
    /// Removes everything of a tenant that was there when it was erased; durable when this returns. It is called again for the same erase, also when a tenant was
    /// registered under that name since: what is newer stays.
    /// </summary>
    /// <param name="tenant">Who was erased.</param>
    /// <param name="erasedAt">Unix milliseconds.</param>
    void Erase(TenantId tenant, long erasedAt);
}
