using StatHub.Core.Stats;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Stats;

/// <summary>
/// Stats of values that are durable and not written to their rows yet, for those who read: what a reader finds in the table is completed by it. How often the table was written says which of it
/// a reader needs, so that readers and the writer do not wait for each other. Safe to call from several threads.
/// </summary>
internal sealed class RecentValues
{
    private readonly Lock _gate = new();
    private Dictionary<(TenantId Tenant, string Dim), Dictionary<StatKey, StatAmount>> _now = [];
    private Dictionary<(TenantId Tenant, string Dim), Dictionary<StatKey, StatAmount>> _before = [];
    private long _times;

    /// <summary>Everything is being written to the table, for the so-many-th time. Who does not see that in the table still needs what there is.</summary>
    public void Writing(long times)
    {
        lock (_gate)
        {
            // Tried again after a failure.
            if (times == _times)
                return;
            (_before, _now, _times) = (_now, [], times);
        }
    }

    /// <summary>Adds what is durable now, in the order of commits.</summary>
    public void Add(IReadOnlyList<(StatKey Key, StatAmount Amount)> values)
    {
        lock (_gate)
        {
            foreach (var (key, amount) in values)
            {
                var dim = (key.Place.Tenant, key.Place.Dim);
                if (!_now.TryGetValue(dim, out var amounts))
                    _now[dim] = amounts = [];
                amounts[key] = amount;
            }
        }
    }

    /// <summary>What a tenant has of a dim, or of all, that is not in the table; null when the table that the reader sees is too old.</summary>
    /// <param name="times">How often the table was written that the reader sees.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="dim">The dim; null for all.</param>
    public Dictionary<StatKey, StatAmount>? Find(long times, TenantId tenant, string? dim)
    {
        lock (_gate)
        {
            if (times != _times && times != _times - 1)
                return null;
            var all = times == _times ? _now : _before;
            if (dim is not null)
                return all.TryGetValue((tenant, dim), out var amounts) ? new(amounts) : [];
            return all.Where(one => one.Key.Tenant == tenant).SelectMany(one => one.Value).ToDictionary();
        }
    }
}
