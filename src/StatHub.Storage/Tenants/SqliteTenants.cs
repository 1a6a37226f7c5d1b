using System.Text;
using Microsoft.Data.Sqlite;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tenants;

/// <summary>Tenants in SQLite, with a directory of them for the ingest that is replaced at every change.</summary>
internal sealed class SqliteTenants : ITenantStore
{
    private readonly Writer _writer;
    private readonly SegmentWiper _wiper;
    private readonly Erasures _erasures;
    private readonly TimeProvider _time;
    private readonly int _keyLimit;
    private volatile TenantDirectory _directory;

    // Every request asks for its tenant.
    private volatile IReadOnlyDictionary<TenantId, Tenant> _registered = new Dictionary<TenantId, Tenant>();

    public SqliteTenants(Writer writer, SegmentWiper wiper, Erasures erasures, TimeProvider time, int keyLimit)
    {
        (_writer, _wiper, _erasures, _time, _keyLimit) = (writer, wiper, erasures, time, keyLimit);
        _directory = writer.Alone(LoadDirectory);
    }

    /// <summary>All tenants as lines may name them; another instance after every change.</summary>
    public TenantDirectory Directory => _directory;

    public IReadOnlyList<Tenant> List() => [.. _registered.Values.OrderBy(tenant => tenant.Id.ToString(), StringComparer.Ordinal)];

    public Tenant? Find(TenantId id) => _registered.GetValueOrDefault(id);

    public bool TryCreate(Tenant tenant)
    {
        // What an erase left that failed at the files must not be the new tenant's.
        if (_directory.TryFind(Encoding.UTF8.GetBytes(tenant.Id.ToString()), out var entry) && !entry.Registered)
            _wiper.Wipe(tenant.Id);
        return Change(() => _writer.Sql(
            """
            INSERT INTO tenant (name, title, retention_days, created_ms, registered, key_limit, hits_per_day, erased_ms, rollup_months)
            VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8)
            ON CONFLICT (name) DO UPDATE SET title = excluded.title, retention_days = excluded.retention_days, rollup_months = excluded.rollup_months, key_limit = excluded.key_limit,
                hits_per_day = excluded.hits_per_day, created_ms = excluded.created_ms, registered = 1,
                erased_ms = max(erased_ms, excluded.created_ms, excluded.erased_ms)
                WHERE registered = 0
            """).Run(
                tenant.Id.ToString(), tenant.Name, tenant.RetentionDays, tenant.CreatedAt.ToUnixTimeMilliseconds(), tenant.KeyLimit, tenant.HitsPerDay,
                ErasedBefore(tenant), tenant.RollupMonths) > 0);
    }

    public bool TryChange(Tenant tenant) => Change(() => _writer.Sql(
        "UPDATE tenant SET title = ?2, retention_days = ?3, key_limit = ?4, hits_per_day = ?5, rollup_months = ?6 WHERE name = ?1 AND registered = 1")
        .Run(tenant.Id.ToString(), tenant.Name, tenant.RetentionDays, tenant.KeyLimit, tenant.HitsPerDay, tenant.RollupMonths) > 0);

    public bool Erase(TenantId id)
    {
        var erased = Change(() =>
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
        var erased = Change(() =>
        {
            back.AddRange(TenantErase.FindBack(_writer, erasures));
            foreach (var (number, _, at) in back)
                TenantErase.Run(_writer, number, at);
            return back.Count > 0;
        });
        foreach (var (_, id, _) in back)
            _wiper.Wipe(id);
        return erased;
    }

    /// <summary>Until when hits of a new tenant are those of one that was erased, also where the database does not know of it; 0 for none.</summary>
    private long ErasedBefore(Tenant tenant) =>
        _erasures.Read().TryGetValue(tenant.Id, out var at) ? Math.Max(at, tenant.CreatedAt.ToUnixTimeMilliseconds()) : 0;

    /// <summary>
    /// Changes in a transaction what is known of tenants or what they have; false when nothing was changed.
    /// The directory is replaced before the transaction ends, so that no batch that was read with the old one is
    /// committed after it; a change that is rolled back is read back.
    /// </summary>
    public bool Change(Func<bool> change)
    {
        try
        {
            return _writer.Transaction(() =>
            {
                var changed = change();
                if (changed)
                    _directory = LoadDirectory();
                return changed;
            });
        }
        catch (SqliteException)
        {
            _directory = _writer.Alone(LoadDirectory);
            throw;
        }
    }

    private TenantDirectory LoadDirectory()
    {
        var entries = new List<TenantEntry>();
        var registered = new Dictionary<TenantId, Tenant>();
        using var rows = _writer.Sql("SELECT id, name, registered, erased_ms, title, retention_days, created_ms, key_limit, hits_per_day, rollup_months, sums_from_day FROM tenant").Rows();
        while (rows.Read())
        {
            var id = TenantId.Parse(rows.Text(1));
            var isRegistered = rows.Int(2) != 0;
            int? keyLimit = rows.IsNull(7) ? null : rows.Int(7);
            long? hitsPerDay = rows.IsNull(8) ? null : rows.Long(8);
            entries.Add(new TenantEntry(
                rows.Long(0), id, Encoding.UTF8.GetBytes(rows.Text(1)), isRegistered, rows.Long(3), keyLimit ?? _keyLimit, hitsPerDay ?? long.MaxValue));
            if (!isRegistered)
                continue;
            registered.Add(id, new Tenant(
                id, rows.Text(4), rows.IsNull(5) ? null : rows.Int(5), DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(6)), keyLimit, hitsPerDay,
                rows.IsNull(9) ? null : rows.Int(9))
            {
                SumsFrom = rows.Long(10) == 0 ? null : UtcDay.Date(rows.Long(10)),
            });
        }
        _registered = registered;
        return new TenantDirectory(entries);
    }
}
