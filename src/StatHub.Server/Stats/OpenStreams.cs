using System.Collections.Concurrent;
using StatHub.Core.Tenants;

namespace StatHub.Server.Stats;

/// <summary>Streams that are open: each reads its dim again and again, so a tenant has so many and no more.</summary>
internal sealed class OpenStreams
{
    /// <summary>How many a tenant may have.</summary>
    public const int Most = 100;

    private readonly ConcurrentDictionary<TenantId, int> _open = new();

    /// <summary>Opens one, to be closed; false when the tenant has as many as it may have.</summary>
    public bool TryOpen(TenantId tenant)
    {
        if (_open.AddOrUpdate(tenant, 1, (_, open) => open + 1) <= Most)
            return true;
        Close(tenant);
        return false;
    }

    public void Close(TenantId tenant)
    {
        if (_open.AddOrUpdate(tenant, 0, (_, open) => open - 1) == 0)
            _open.TryRemove(KeyValuePair.Create(tenant, 0));
    }
}
