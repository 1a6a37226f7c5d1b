using System.Text;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Tenants;

/// <summary>All tenants at one moment, in memory: as lines may name them, and as requests ask for them.</summary>
internal sealed class KnownTenants
{
    private const string Columns =
        "SELECT id, name, registered, erased_ms, title, retention_days, created_ms, key_limit, hits_per_day, rollup_months, sums_from_day, public_read, cors_origins FROM tenant";

    private readonly Dictionary<TenantId, Tenant> _registered;

    private KnownTenants(TenantDirectory directory, Dictionary<TenantId, Tenant> registered) => (Directory, _registered) = (directory, registered);

    /// <summary>As lines may name them.</summary>
    public TenantDirectory Directory { get; }

    /// <summary>Those that are registered, in no order.</summary>
    public IReadOnlyCollection<Tenant> Registered => _registered.Values;

    public Tenant? Find(TenantId id) => _registered.GetValueOrDefault(id);

    /// <summary>Reads all of them.</summary>
    /// <param name="writer">The database.</param>
    /// <param name="keyLimit">How many keys those may have that have no limit of their own.</param>
    public static KnownTenants Load(Writer writer, int keyLimit)
    {
        var entries = new List<TenantEntry>();
        var registered = new Dictionary<TenantId, Tenant>();
        using var rows = writer.Sql(Columns).Rows();
        while (rows.Read())
        {
            entries.Add(Entry(rows, keyLimit));
            if (Registration(rows) is { } tenant)
                registered.Add(tenant.Id, tenant);
        }
        return new KnownTenants(new TenantDirectory(entries), registered);
    }

    /// <summary>The same with one of them as the database has it now. Copies references only: ten thousand tenants are registered in seconds.</summary>
    public KnownTenants Reread(Writer writer, TenantId id, int keyLimit)
    {
        using var rows = writer.Sql(Columns + " WHERE name = ?1").Rows(id.ToString());
        if (!rows.Read())
            throw new InvalidOperationException($"Tenant {id} was changed and is not there.");
        var registered = new Dictionary<TenantId, Tenant>(_registered);
        if (Registration(rows) is { } tenant)
            registered[id] = tenant;
        else
            registered.Remove(id);
        return new KnownTenants(Directory.With(Entry(rows, keyLimit)), registered);
    }

    private static TenantEntry Entry(Statement.RowReader rows, int keyLimit) => new(
        rows.Long(0), TenantId.Parse(rows.Text(1)), Encoding.UTF8.GetBytes(rows.Text(1)), IsRegistered(rows), rows.Long(3),
        KeyLimit(rows) ?? keyLimit, HitsPerDay(rows) ?? long.MaxValue);

    private static Tenant? Registration(Statement.RowReader rows) => !IsRegistered(rows) ? null : new Tenant(
        TenantId.Parse(rows.Text(1)), rows.Text(4), rows.IsNull(5) ? null : rows.Int(5), DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(6)),
        KeyLimit(rows), HitsPerDay(rows), rows.IsNull(9) ? null : rows.Int(9))
    {
        SumsFrom = rows.Long(10) == 0 ? null : UtcDay.Date(rows.Long(10)),
        PublicRead = rows.Int(11) != 0,
        CorsOrigins = WebOrigins.Parse(rows.Text(12)),
    };

    private static bool IsRegistered(Statement.RowReader rows) => rows.Int(2) != 0;

    private static int? KeyLimit(Statement.RowReader rows) => rows.IsNull(7) ? null : rows.Int(7);

    private static long? HitsPerDay(Statement.RowReader rows) => rows.IsNull(8) ? null : rows.Long(8);
}
