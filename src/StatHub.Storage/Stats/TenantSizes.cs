using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>How much tenants have. Within a transaction.</summary>
internal sealed class TenantSizes(Writer writer)
{
    private readonly Dictionary<TenantId, TenantSize> _sizes = [];

    /// <summary>What a tenant has; counted when it is asked for the first time, then kept by who changes it.</summary>
    public TenantSize Of(TenantId tenant)
    {
        if (!_sizes.TryGetValue(tenant, out var size))
            _sizes[tenant] = size = Count(tenant);
        return size;
    }

    /// <summary>Nobody knows any more what the file has of a tenant, or of all.</summary>
    public void Forget(TenantId? tenant)
    {
        if (tenant is { } one)
            _sizes.Remove(one);
        else
            _sizes.Clear();
    }

    private TenantSize Count(TenantId tenant)
    {
        using var rows = writer.Sql(
            """
            SELECT count(*) FILTER (WHERE dim = ''), count(*) FILTER (WHERE dim > ''), coalesce(sum(amount) FILTER (WHERE kind = 3), 0)
            FROM stat WHERE tenant = ?1
            """).Rows(tenant.ToString());
        rows.Read();
        return new TenantSize { Ids = rows.Long(0), Values = rows.Long(1), Members = rows.Long(2) };
    }
}

/// <summary>How many stats of ids and of values, and how many members a tenant has.</summary>
internal sealed class TenantSize
{
    public long Ids { get; set; }

    public long Values { get; set; }

    public long Members { get; set; }
}
