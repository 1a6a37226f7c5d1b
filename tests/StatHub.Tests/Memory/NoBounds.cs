using StatHub.Core.Tenants;

namespace StatHub.Tests.Memory;

/// <summary>Every tenant may have everything.</summary>
public sealed class NoBounds : ITenantBounds
{
    public bool TakesHit(TenantEntry tenant, int day) => true;

    public bool TakesKey(TenantEntry tenant, byte[] key) => true;

    public bool HasEvent(TenantEntry tenant, UInt128 id) => false;

    public void AddEvent(TenantEntry tenant, UInt128 id)
    {
    }
}
