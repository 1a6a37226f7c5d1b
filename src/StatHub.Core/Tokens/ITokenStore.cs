using StatHub.Core.Tenants;

namespace StatHub.Core.Tokens;

/// <summary>Tokens by the SHA-256 hash of their secret; a secret is never stored. Safe to call from several threads.</summary>
public interface ITokenStore
{
    /// <summary>The token with this hash, or null.</summary>
    /// <param name="hash">32 bytes.</param>
    Token? Find(ReadOnlySpan<byte> hash);

    /// <summary>The tokens of one tenant, or of none (those for all tenants) when null; oldest first.</summary>
    IReadOnlyList<Token> List(TenantId? tenant);

    /// <summary>Keeps a new token.</summary>
    Token Create(string name, TenantId? tenant, TokenScopes scopes, ReadOnlySpan<byte> hash);

    /// <summary>Revokes a token of a tenant (of none when null); false when there is no such token.</summary>
    bool Revoke(TenantId? tenant, long id);
}
