using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tokens;

/// <summary>Tokens in SQLite. Every request asks for one, so all of them are in memory too.</summary>
internal sealed class SqliteTokens : ITokenStore
{
    private const string Columns =
        "SELECT token.id, token.name, tenant.name, scopes, token.created_ms, expires_ms, used_ms, hash FROM token LEFT JOIN tenant ON tenant.id = token.tenant ";

    private readonly Writer _writer;
    private readonly TimeProvider _time;
    private readonly TokenUses _uses;
    private readonly CommittedRows<Dictionary<byte[], Token>> _byHash;

    public SqliteTokens(Writer writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        _uses = new TokenUses(writer);
        _byHash = new CommittedRows<Dictionary<byte[], Token>>(writer, Load);
        _ = _byHash.Value;
    }

    public Token? Find(ReadOnlySpan<byte> hash) =>
        _byHash.Value.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(hash, out var token) ? token : null;

    public IReadOnlyList<Token> List(TenantId? tenant) =>
        [.. _byHash.Value.Values.Where(token => token.Tenant == tenant).OrderBy(token => token.Id).Select(token => token with { UsedAt = _uses.Of(token.Id) })];

    public IReadOnlyList<Token?> Create(IReadOnlyList<TokenToKeep> tokens)
    {
        var created = new Token?[tokens.Count];
        _byHash.Change(known =>
        {
            var after = Copy(known);
            for (var i = 0; i < tokens.Count; i++)
            {
                var hash = tokens[i].Hash.ToArray();
                if (!after.ContainsKey(hash))
                    after[hash] = created[i] = Insert(tokens[i], hash);
            }
            return after.Count > known.Count ? after : null;
        });
        return created;
    }

    public Token? Rotate(TenantId? tenant, long id, ReadOnlySpan<byte> hash, TimeSpan overlap)
    {
        var bytes = hash.ToArray();
        Token? next = null;
        _byHash.Change(known =>
        {
            if (known.FirstOrDefault(one => one.Value.Id == id && one.Value.Tenant == tenant) is not { Value: { } token, Key: var old })
                return null;
            var now = _time.GetUtcNow();
            var ends = token.ExpiryOfReplaced(now, overlap);
            _writer.Sql("UPDATE token SET expires_ms = ?2 WHERE id = ?1").Run(id, ends.ToUnixTimeMilliseconds());
            next = Insert(new TokenToKeep(token.Name, tenant, token.Scopes, bytes, token.ExpiryOfNext(now)), bytes);
            var after = Copy(known);
            (after[old], after[bytes]) = (token with { ExpiresAt = ToMilliseconds(ends) }, next);
            return after;
        });
        return next;
    }

    public bool Revoke(TenantId? tenant, long id)
    {
        var revoked = _byHash.Change(known =>
            known.Values.Any(token => token.Id == id && token.Tenant == tenant) && _writer.Sql("DELETE FROM token WHERE id = ?1").Run(id) > 0
                ? Without(known, token => token.Id == id)
                : null);
        if (revoked)
            _uses.Forget(id);
        return revoked;
    }

    public void NoteUse(long id, DateTimeOffset at) => _uses.Note(id, at);

    public int WriteUses() => _uses.Write();

    /// <summary>A tenant was erased, and its tokens with it.</summary>
    public void Forget(TenantId tenant)
    {
        foreach (var token in List(tenant))
            _uses.Forget(token.Id);
        _byHash.Change(known => known.Values.Any(token => token.Tenant == tenant) ? Without(known, token => token.Tenant == tenant) : null);
    }

    /// <summary>Tokens were changed in another way: they are read again.</summary>
    public void Reread() => _byHash.Reread();

    private Token Insert(TokenToKeep token, byte[] hash)
    {
        long? owner = token.Tenant is not { } tenant ? null
            : _writer.Sql("SELECT id FROM tenant WHERE name = ?1 AND registered = 1").Number(tenant.ToString())
                ?? throw new InvalidOperationException($"There is no tenant '{tenant}'.");
        var now = _time.GetUtcNow();
        var id = _writer.Sql("INSERT INTO token (name, tenant, scopes, created_ms, expires_ms, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id")
            .Number(token.Name, owner, (int)token.Scopes, now.ToUnixTimeMilliseconds(), token.ExpiresAt?.ToUnixTimeMilliseconds(), hash)!.Value;
        return new Token(id, token.Name, token.Tenant, token.Scopes, ToMilliseconds(now), token.ExpiresAt is { } expires ? ToMilliseconds(expires) : null);
    }

    /// <summary>As the database has it.</summary>
    private static DateTimeOffset ToMilliseconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());

    private static Dictionary<byte[], Token> Copy(Dictionary<byte[], Token> known) => new(known, HashComparer.Instance);

    private static Dictionary<byte[], Token> Without(Dictionary<byte[], Token> known, Func<Token, bool> goes) =>
        known.Where(one => !goes(one.Value)).ToDictionary(HashComparer.Instance);

    private Dictionary<byte[], Token> Load()
    {
        var byHash = new Dictionary<byte[], Token>(HashComparer.Instance);
        using var rows = _writer.Sql(Columns).Rows();
        while (rows.Read())
        {
            var token = Read(rows);
            byHash.Add(rows.Blob(7).ToArray(), token);
            if (!rows.IsNull(6))
                _uses.Load(token.Id, rows.Long(6));
        }
        return byHash;
    }

    private static Token Read(Statement.RowReader rows) => new(
        rows.Long(0),
        rows.Text(1),
        rows.IsNull(2) ? null : TenantId.Parse(rows.Text(2)),
        (TokenScopes)rows.Int(3),
        DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(4)),
        rows.IsNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(5)));
}
