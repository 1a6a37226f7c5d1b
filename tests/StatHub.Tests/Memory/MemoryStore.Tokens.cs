using StatHub.Core.Tenants;
using StatHub.Core.Tokens;

namespace StatHub.Tests.Memory;

public sealed partial class MemoryStore
{
    private readonly List<(Token Token, byte[] Hash)> _tokens = [];
    private long _lastToken;

    public Token? Find(ReadOnlySpan<byte> hash)
    {
        lock (_lock)
        {
            foreach (var (token, known) in _tokens)
            {
                if (hash.SequenceEqual(known))
                    return token with { UsedAt = null };
            }
            return null;
        }
    }

    public IReadOnlyList<Token> List(TenantId? tenant)
    {
        lock (_lock)
            return [.. _tokens.Select(known => known.Token).Where(token => token.Tenant == tenant).OrderBy(token => token.Id)];
    }

    public IReadOnlyList<Token?> Create(IReadOnlyList<TokenToKeep> tokens)
    {
        lock (_lock)
            return [.. tokens.Select(token => Find(token.Hash.Span) is null ? Keep(token) : null)];
    }

    public Token? Rotate(TenantId? tenant, long id, ReadOnlySpan<byte> hash, TimeSpan overlap)
    {
        lock (_lock)
        {
            var place = _tokens.FindIndex(known => known.Token.Id == id && known.Token.Tenant == tenant);
            if (place < 0)
                return null;
            var (old, now) = (_tokens[place].Token, time.GetUtcNow());
            _tokens[place] = (old with { ExpiresAt = old.ExpiryOfReplaced(now, overlap) }, _tokens[place].Hash);
            return Keep(new TokenToKeep(old.Name, tenant, old.Scopes, hash.ToArray(), old.ExpiryOfNext(now)));
        }
    }

    public bool Revoke(TenantId? tenant, long id)
    {
        lock (_lock)
            return _tokens.RemoveAll(known => known.Token.Id == id && known.Token.Tenant == tenant) > 0;
    }

    public void NoteUse(long id, DateTimeOffset at)
    {
        lock (_lock)
        {
            var place = _tokens.FindIndex(known => known.Token.Id == id);
            if (place >= 0 && _tokens[place] is var (token, hash) && !(at - token.UsedAt < TimeSpan.FromMinutes(1)))
                _tokens[place] = (token with { UsedAt = at }, hash);
        }
    }

    public int WriteUses() => 0;

    private Token Keep(TokenToKeep token)
    {
        var kept = new Token(++_lastToken, token.Name, token.Tenant, token.Scopes, time.GetUtcNow(), token.ExpiresAt);
        _tokens.Add((kept, token.Hash.ToArray()));
        return kept;
    }
}
