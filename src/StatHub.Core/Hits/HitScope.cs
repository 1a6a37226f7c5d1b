using StatHub.Core.Tenants;

namespace StatHub.Core.Hits;

/// <summary>What a question is about: a whole tenant, or one key of it.</summary>
public readonly record struct HitScope(TenantId Tenant, HitKey? Key = null);
