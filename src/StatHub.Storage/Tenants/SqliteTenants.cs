using System.Text;
using StatHub.Core.Tenants;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tenants;

/// <summary>Tenants in SQLite, with a directory of them for the ingest that is replaced at every change.</summary>
internal sealed class SqliteTenants : ITenantStore
{
    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly SegmentWiper _wiper;
    private readonly TimeProvider _time;
    private volatile TenantDirectory _directory;

    public SqliteTenants(Writer writer, ReadPool readers, SegmentWiper wiper, TimeProvider time)
    {
        (_writer, _readers, _wiper, _time) = (writer, readers, wiper, time);
        _directory = writer.Alone(LoadDirectory);
    }

    /// <summary>All tenants as lines may name them; another instance after every change.</summary>
    public TenantDirectory Directory => _directory;

    public IReadOnlyList<Tenant> List() => _readers.Ask(reader =>
    {
        var tenants = new List<Tenant>();
        using var rows = reader.Sql("SELECT name, title, retention_days, created_ms FROM tenant WHERE registered = 1 ORDER BY name").Rows();
        while (rows.Read())
            tenants.Add(Read(rows));
        return tenants;
    });

    public Tenant? Find(TenantId id) => _readers.Ask(reader =>
    {
        using var rows = reader.Sql("SELECT name, title, retention_days, created_ms FROM tenant WHERE registered = 1 AND name = $1").Rows(id.ToString());
        return rows.Read() ? Read(rows) : null;
    });

    public bool TryCreate(Tenant tenant) => _writer.Transaction(() =>
    {
        var created = writerSql().Run(tenant.Id.ToString(), tenant.Name, tenant.RetentionDays, tenant.CreatedAt.ToUnixTimeMilliseconds()) > 0;
        if (created)
            _directory = LoadDirectory();
        return created;

        Statement writerSql() => _writer.Sql(
            """
            INSERT INTO tenant (name, title, retention_days, created_ms, registered) VALUES ($1, $2, $3, $4, 1)
            ON CONFLICT (name) DO UPDATE SET title = excluded.title, retention_days = excluded.retention_days,
                created_ms = excluded.created_ms, registered = 1 WHERE registered = 0
            """);
    });

    public bool Erase(TenantId id)
    {
        var erased = _writer.Transaction(() =>
        {
            if (_writer.Sql("SELECT id FROM tenant WHERE name = $1 AND registered = 1").Scalar(id.ToString()) is not long number)
                return false;
            Erase(number);
            _directory = LoadDirectory();
            return true;
        });
        if (erased)
            _wiper.Wipe();
        return erased;
    }

    /// <summary>Loads tenants again after a connection was given up: a change may have been rolled back.</summary>
    public void Reload() => _directory = _writer.Alone(LoadDirectory);

    private void Erase(long tenant)
    {
        string[] statements =
        [
            "INSERT OR IGNORE INTO wipe SELECT segment, offset, length FROM member WHERE tenant = $1",
            "DELETE FROM member WHERE tenant = $1",
            "DELETE FROM day WHERE series IN (SELECT id FROM series WHERE tenant = $1)",
            "DELETE FROM hour WHERE series IN (SELECT id FROM series WHERE tenant = $1)",
            "DELETE FROM series WHERE tenant = $1",
            "DELETE FROM token WHERE tenant = $1",
            "DELETE FROM rejected WHERE tenant = $1",
            // The ledger goes on to balance: what became of the lines is then nobody's.
            """
            INSERT INTO ledger SELECT minute, 0, outcome, lines FROM ledger WHERE tenant = $1
            ON CONFLICT (minute, tenant, outcome) DO UPDATE SET lines = lines + excluded.lines
            """,
            "DELETE FROM ledger WHERE tenant = $1",
        ];
        foreach (var statement in statements)
            _writer.Sql(statement).Run(tenant);
        _writer.Sql("UPDATE tenant SET registered = 0, title = '', retention_days = NULL, erased_ms = $2 WHERE id = $1")
            .Run(tenant, _time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private TenantDirectory LoadDirectory()
    {
        var entries = new List<TenantEntry>();
        using var rows = _writer.Sql("SELECT id, name, registered, erased_ms FROM tenant").Rows();
        while (rows.Read())
        {
            var name = rows.GetString(1);
            entries.Add(new TenantEntry(rows.GetInt64(0), TenantId.Parse(name), Encoding.UTF8.GetBytes(name), rows.GetBoolean(2), rows.GetInt64(3)));
        }
        return new TenantDirectory(entries);
    }

    private static Tenant Read(Microsoft.Data.Sqlite.SqliteDataReader rows) => new(
        TenantId.Parse(rows.GetString(0)),
        rows.GetString(1),
        rows.IsDBNull(2) ? null : rows.GetInt32(2),
        DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3)));
}
