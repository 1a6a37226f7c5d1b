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
/// <param name="ExpiresAt">The first instant at which it is not valid any more; null for never.</param>
public sealed record Token(
    long Id, string Name, TenantId? Tenant, TokenScopes Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>When it was used last, at most a minute before the truth; null while it never was. Only lists tell it.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>Whether the token's owner may know that this tenant exists.</summary>
    public bool Sees(TenantId tenant) => Tenant is null || Tenant == tenant;

    /// <summary>Whether it has a scope (of several, any), by itself or because it is an admin's.</summary>
    public bool Has(TokenScopes scope) => (Scopes & (scope | TokenScopes.Admin)) != 0;

    /// <summary>Whether it is not valid any more.</summary>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Until when it is valid that takes this one's place: as long as this one was to be when it was made.</summary>
    public DateTimeOffset? ExpiryOfNext(DateTimeOffset now) => ExpiresAt is { } expires ? now + (expires - CreatedAt) : null;

    /// <summary>Until when it is valid whose place was taken: not longer than it would have been.</summary>
    public DateTimeOffset ExpiryOfReplaced(DateTimeOffset now, TimeSpan overlap) => ExpiresAt < now + overlap ? ExpiresAt.Value : now + overlap;
}

/// <summary>A token to keep.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Tenant">The one tenant that it is for; null for all.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Hash">The SHA-256 of its text.</param>
/// <param name="ExpiresAt">The first instant at which it is not valid any more; null for never.</param>
public sealed record TokenToKeep(string Name, TenantId? Tenant, TokenScopes Scopes, ReadOnlyMemory<byte> Hash, DateTimeOffset? ExpiresAt = null);
