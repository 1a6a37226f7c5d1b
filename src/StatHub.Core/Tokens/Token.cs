using StatHub.Core.Tenants;

namespace StatHub.Core.Tokens;

/// <summary>What a token may do. <see cref="Admin"/> includes the others.</summary>
[Flags]
public enum TokenScopes
{
    None = 0,

    /// <summary>Counts, series, keys, raw hits and the ledger of its tenants.</summary>
    Read = 1,

    /// <summary>Sending events.</summary>
    Write = 2,

    /// <summary>Tenants and tokens; without a tenant also the whole ledger and nginx.</summary>
    Admin = 4,
}

/// <summary>A token without its secret.</summary>
/// <param name="Id">Its number, for listing and revoking.</param>
/// <param name="Name">What people call it; 1 to 100 characters.</param>
/// <param name="Tenant">The one tenant that it is for; null for all.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Token(long Id, string Name, TenantId? Tenant, TokenScopes Scopes, DateTimeOffset CreatedAt)
{
    /// <summary>Whether the token's owner may know that this tenant exists.</summary>
    public bool Sees(TenantId tenant) => Tenant is null || Tenant == tenant;

    /// <summary>Whether it has a scope, by itself or because it is an admin's.</summary>
    public bool Has(TokenScopes scope) => (Scopes & (scope | TokenScopes.Admin)) != 0;
}
