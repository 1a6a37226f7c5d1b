using StatHub.Core.Tenants;

namespace StatHub.Core.Tokens;

/// <summary>Tokens by the SHA-256 hash of their secret; a secret is never stored. Safe to call from several threads.</summary>
public interface ITokenStore
{
    /// <summary>The token with this hash, expired or not; null when there is none.</summary>
    /// <param name="hash">32 bytes.</param>
    Token? Find(ReadOnlySpan<byte> hash);

    /// <summary>The tokens of one tenant, or of none (those for all tenants) when null; oldest first.</summary>
    IReadOnlyList<Token> List(TenantId? tenant);

    /// <summary>Keeps new tokens, all or none. In the place of one whose hash is there already is null.</summary>
    IReadOnlyList<Token?> Create(IReadOnlyList<TokenToKeep> tokens);

    /// <summary>
    /// Keeps a new token in the place of another of the same tenant (of none when null), with its name and scopes: <see cref="Token.ExpiryOfNext"/>. The
    /// other one ends: <see cref="Token.ExpiryOfReplaced"/>. Null when there is no such token.
    /// </summary>
    Token? Rotate(TenantId? tenant, long id, ReadOnlySpan<byte> hash, TimeSpan overlap);

    /// <summary>Revokes a token of a tenant (of none when null); false when there is no such token.</summary>
    bool Revoke(TenantId? tenant, long id);

    /// <summary>A token was used. Lists tell it; it is kept with the next <see cref="WriteUses"/>.</summary>
    void NoteUse(long id, DateTimeOffset at);

    /// <summary>Keeps what was noted of uses since the last time; how many tokens they were of.</summary>
    int WriteUses();
}

/// <summary>Shorter ways to ask.</summary>
public static class TokenStores
{
    /// <summary>Keeps a new token.</summary>
    /// <exception cref="InvalidOperationException">There is one with this hash.</exception>
    public static Token Create(
        this ITokenStore store, string name, TenantId? tenant, TokenScopes scopes, ReadOnlyMemory<byte> hash, DateTimeOffset? expiresAt = null) =>
        store.Create([new TokenToKeep(name, tenant, scopes, hash, expiresAt)])[0] ?? throw new InvalidOperationException("There is such a token.");
}
