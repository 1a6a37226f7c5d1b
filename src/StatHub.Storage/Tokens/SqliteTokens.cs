using Microsoft.Data.Sqlite;
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
    private volatile Dictionary<byte[], Token> _byHash = [];

    public SqliteTokens(Writer writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        Reread();
    }

    public Token? Find(ReadOnlySpan<byte> hash) =>
        _byHash.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(hash, out var token) ? token : null;

    public IReadOnlyList<Token> List(TenantId? tenant) =>
        [.. _byHash.Values.Where(token => token.Tenant == tenant).OrderBy(token => token.Id)];

    public Token Create(string name, TenantId? tenant, TokenScopes scopes, ReadOnlySpan<byte> hash)
    {
        var bytes = hash.ToArray();
        return _writer.Transaction(() =>
        {
            long? owner = tenant is null ? null : _writer.Sql("SELECT id FROM tenant WHERE name = ?1 AND registered = 1").Number(tenant.Value.ToString());
            if (tenant is not null && owner is null)
                throw new InvalidOperationException($"There is no tenant '{tenant}'.");
            var id = _writer.Sql("INSERT INTO token (name, tenant, scopes, created_ms, hash) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id")
                .Number(name, owner, (int)scopes, _time.GetUtcNow().ToUnixTimeMilliseconds(), bytes);
            Reload();
            return _byHash.Values.Single(token => token.Id == id);
        });
    }

    public bool Revoke(TenantId? tenant, long id) => _writer.Transaction(() =>
    {
        var revoked = Find(tenant, id) && _writer.Sql("DELETE FROM token WHERE id = ?1").Run(id) > 0;
        Reload();
        return revoked;
    });

    /// <summary>Reads all tokens again, as after an erase of their tenant.</summary>
    public void Reread() => _writer.Alone(Reload);

    private bool Reload()
    {
        var byHash = new Dictionary<byte[], Token>(BytesComparer.Instance);
        using var rows = _writer.Sql(Columns).Rows();
        while (rows.Read())
            byHash.Add(rows.Blob(5).ToArray(), Read(rows));
        _byHash = byHash;
        return true;
    }

    private bool Find(TenantId? tenant, long id) => _byHash.Values.Any(token => token.Id == id && token.Tenant == tenant);

    private static Token Read(Statement.RowReader rows) => new(
        rows.Long(0),
        rows.Text(1),
        rows.IsNull(2) ? null : TenantId.Parse(rows.Text(2)),
        (TokenScopes)rows.Int(3),
        DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(4)));
}
