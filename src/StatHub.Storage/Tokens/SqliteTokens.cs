using StatHub.Core.Tenants;
using StatHub.Core.Text;
using StatHub.Core.Tokens;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tokens;

/// <summary>Tokens in SQLite. Every request asks for one, so all of them are in memory too.</summary>
internal sealed class SqliteTokens : ITokenStore
{
    private const string Columns = "SELECT token.id, token.name, tenant.name, scopes, token.created_ms, hash FROM token LEFT JOIN tenant ON tenant.id = token.tenant ";

    private readonly Writer _writer;
    private readonly TimeProvider _time;
    private readonly CommittedRows<Dictionary<byte[], Token>> _byHash;

    public SqliteTokens(Writer writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        _byHash = new CommittedRows<Dictionary<byte[], Token>>(writer, Load);
        _ = _byHash.Value;
    }

    public Token? Find(ReadOnlySpan<byte> hash) =>
        _byHash.Value.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(hash, out var token) ? token : null;

    public IReadOnlyList<Token> List(TenantId? tenant) =>
        [.. _byHash.Value.Values.Where(token => token.Tenant == tenant).OrderBy(token => token.Id)];

    public Token Create(string name, TenantId? tenant, TokenScopes scopes, ReadOnlySpan<byte> hash)
    {
        var bytes = hash.ToArray();
        Token? created = null;
        _byHash.Change(known =>
        {
            created = Insert(name, tenant, scopes, bytes);
            return new Dictionary<byte[], Token>(known, BytesComparer.Instance) { [bytes] = created };
        });
        return created!;
    }

    public bool Revoke(TenantId? tenant, long id) => _byHash.Change(known =>
        known.Values.Any(token => token.Id == id && token.Tenant == tenant) && _writer.Sql("DELETE FROM token WHERE id = ?1").Run(id) > 0
            ? Without(known, token => token.Id == id)
            : null);

    /// <summary>A tenant was erased, and its tokens with it.</summary>
    public void Forget(TenantId tenant) => _byHash.Change(known =>
        known.Values.Any(token => token.Tenant == tenant) ? Without(known, token => token.Tenant == tenant) : null);

    /// <summary>Tokens were changed in another way: they are read again.</summary>
    public void Reread() => _byHash.Reread();

    private Token Insert(string name, TenantId? tenant, TokenScopes scopes, byte[] hash)
    {
        long? owner = tenant is null ? null : _writer.Sql("SELECT id FROM tenant WHERE name = ?1 AND registered = 1").Number(tenant.Value.ToString());
        if (tenant is not null && owner is null)
            throw new InvalidOperationException($"There is no tenant '{tenant}'.");
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var id = _writer.Sql("INSERT INTO token (name, tenant, scopes, created_ms, hash) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id")
            .Number(name, owner, (int)scopes, now, hash)!.Value;
        return new Token(id, name, tenant, scopes, DateTimeOffset.FromUnixTimeMilliseconds(now));
    }

    private static Dictionary<byte[], Token> Without(Dictionary<byte[], Token> known, Func<Token, bool> goes) =>
        known.Where(one => !goes(one.Value)).ToDictionary(BytesComparer.Instance);

    private Dictionary<byte[], Token> Load()
    {
        var byHash = new Dictionary<byte[], Token>(BytesComparer.Instance);
        using var rows = _writer.Sql(Columns).Rows();
        while (rows.Read())
            byHash.Add(rows.Blob(5).ToArray(), Read(rows));
        return byHash;
    }

    private static Token Read(Statement.RowReader rows) => new(
        rows.Long(0),
        rows.Text(1),
        rows.IsNull(2) ? null : TenantId.Parse(rows.Text(2)),
        (TokenScopes)rows.Int(3),
        DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(4)));
}
