using System.Text;
using StatHub.Core.Tenants;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tenants;

/// <summary>Tenants in SQLite, and in memory for the ingest and every request.</summary>
internal sealed class SqliteTenants : ITenantStore
{
    private readonly Writer _writer;
    private readonly SegmentWiper _wiper;
    private readonly Erasures _erasures;
    private readonly TimeProvider _time;
    private readonly int _keyLimit;
    private readonly CommittedRows<KnownTenants> _known;

    public SqliteTenants(Writer writer, SegmentWiper wiper, Erasures erasures, TimeProvider time, int keyLimit)
    {
        (_writer, _wiper, _erasures, _time, _keyLimit) = (writer, wiper, erasures, time, keyLimit);
        _known = new CommittedRows<KnownTenants>(writer, Load);
        _ = _known.Value;
    }

    /// <summary>All tenants as lines may name them; another instance after every change.</summary>
    public TenantDirectory Directory => _known.Value.Directory;

    public IReadOnlyList<Tenant> List() => [.. _known.Value.Registered.OrderBy(tenant => tenant.Id.ToString(), StringComparer.Ordinal)];

    public Tenant? Find(TenantId id) => _known.Value.Find(id);

    public bool TryCreate(Tenant tenant)
    {
        // What an erase left that failed at the files must not be the new tenant's.
        if (Directory.TryFind(Encoding.UTF8.GetBytes(tenant.Id.ToString()), out var entry) && !entry.Registered)
            _wiper.Wipe(tenant.Id);
        return Change(tenant.Id, () => _writer.Sql(
            """
            INSERT INTO tenant (name, title, retention_days, created_ms, registered, key_limit, hits_per_day, erased_ms, rollup_months, public_read, cors_origins)
            VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT (name) DO UPDATE SET title = excluded.title, retention_days = excluded.retention_days, rollup_months = excluded.rollup_months, key_limit = excluded.key_limit,
                hits_per_day = excluded.hits_per_day, public_read = excluded.public_read, cors_origins = excluded.cors_origins, created_ms = excluded.created_ms, registered = 1,
                erased_ms = max(erased_ms, excluded.created_ms, excluded.erased_ms)
                WHERE registered = 0
            """).Run(
                tenant.Id.ToString(), tenant.Name, tenant.RetentionDays, tenant.CreatedAt.ToUnixTimeMilliseconds(), tenant.KeyLimit, tenant.HitsPerDay,
                ErasedBefore(tenant), tenant.RollupMonths, tenant.PublicRead ? 1 : 0, tenant.CorsOrigins.ToString()) > 0);
    }

    public bool TryChange(Tenant tenant) => Change(tenant.Id, () => _writer.Sql(
        """
        UPDATE tenant SET title = ?2, retention_days = ?3, key_limit = ?4, hits_per_day = ?5, rollup_months = ?6, public_read = ?7, cors_origins = ?8
        WHERE name = ?1 AND registered = 1
        """).Run(
            tenant.Id.ToString(), tenant.Name, tenant.RetentionDays, tenant.KeyLimit, tenant.HitsPerDay, tenant.RollupMonths, tenant.PublicRead ? 1 : 0,
            tenant.CorsOrigins.ToString()) > 0);

    public bool Erase(TenantId id)
    {
        var erased = Change(id, () =>
        {
            if (_writer.Sql("SELECT id FROM tenant WHERE name = ?1 AND registered = 1").Number(id.ToString()) is not { } number)
                return false;
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            // Noted before it is done: what breaks off here is done by the next start.
            _erasures.Append(id, now);
            TenantErase.Run(_writer, number, now);
            return true;
        });
        if (erased)
            _wiper.Wipe(id);
        return erased;
    }

    /// <summary>Erases those again whom a database brought back that is older than their erase, or whose erase a crash interrupted.</summary>
    /// <returns>Whether there were any.</returns>
    public bool EraseAgain()
    {
        var erasures = _erasures.Read();
        var back = new List<(long Number, TenantId Id, long ErasedAt)>();
        var erased = _known.Change(_ =>
        {
            back.AddRange(TenantErase.FindBack(_writer, erasures));
            foreach (var (number, _, at) in back)
                TenantErase.Run(_writer, number, at);
            return back.Count > 0 ? Load() : null;
        });
        foreach (var (_, id, _) in back)
            _wiper.Wipe(id);
        return erased;
    }

    /// <summary>Until when hits of a new tenant are those of one that was erased, also where the database does not know of it; 0 for none.</summary>
    private long ErasedBefore(Tenant tenant) =>
        _erasures.ErasedAt(tenant.Id) is { } at ? Math.Max(at, tenant.CreatedAt.ToUnixTimeMilliseconds()) : 0;

    /// <summary>
    /// Changes in a transaction what is known of a tenant or what it has; false when nothing was changed.
    /// The directory is replaced before anybody else writes, so that no batch that was read with the old one is committed after it.
    /// </summary>
    public bool Change(TenantId id, Func<bool> change) => _known.Change(known => change() ? known.Reread(_writer, id, _keyLimit) : null);

    private KnownTenants Load() => KnownTenants.Load(_writer, _keyLimit);
}
