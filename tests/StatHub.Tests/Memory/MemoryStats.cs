using StatHub.Core.Stats;
using StatHub.Core.Tenants;

namespace StatHub.Tests.Memory;

/// <summary>Stats as their contract has them, in plain dictionaries: every bucket is kept, and every member of every set.</summary>
public sealed class MemoryStats(TimeProvider time, TimeSpan gaugeBucket) : IStatsStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId Tenant, string Dim, string Owner, string Name), long> _counters = [];
    private readonly Dictionary<(TenantId Tenant, string Dim, string Owner, string Name, long Bucket), long> _gauges = [];
    private readonly Dictionary<(TenantId Tenant, string Dim, string Owner, string Name), HashSet<string>> _sets = [];
    private long _changes;

    private GaugeBucket Now => GaugeBucket.Containing(time.GetUtcNow(), gaugeBucket);

    public Task<StatRefusal?> ApplyAsync(TenantId tenant, StatUpdate update)
    {
        lock (_gate)
        {
            var before = (Counters: _counters.ToList(), Gauges: _gauges.ToList());
            try
            {
                Apply(tenant, update);
                _changes++;
                return Task.FromResult<StatRefusal?>(null);
            }
            catch (OverflowException)
            {
                Restore(_counters, before.Counters);
                Restore(_gauges, before.Gauges);
                return Task.FromResult<StatRefusal?>(new StatRefusal("It has over 64 bits."));
            }
        }
    }

    public StatReport Read(TenantId tenant, string? dim)
    {
        lock (_gate)
        {
            var rows = _counters.Select(one => (one.Key.Tenant, Row: new StatRow(new StatDim(one.Key.Dim, one.Key.Owner), StatKind.Counter, one.Key.Name, new StatAmount(one.Value))))
                .Concat(_gauges.Select(one => (one.Key.Tenant, Row: new StatRow(new StatDim(one.Key.Dim, one.Key.Owner), StatKind.Gauge, one.Key.Name, new StatAmount(one.Value, one.Key.Bucket)))))
                .Concat(_sets.Select(one => (one.Key.Tenant, Row: new StatRow(new StatDim(one.Key.Dim, one.Key.Owner), StatKind.Member, one.Key.Name, new StatAmount(one.Value.Count)))));
            return StatReport.Of(rows.Where(one => one.Tenant == tenant && (dim is null ? one.Row.Dim.Name.Length > 0 : one.Row.Dim.Name == dim)).Select(one => one.Row), Now, dim);
        }
    }

    public StatStamp Stamp(TenantId tenant) => new(_changes, Now.Start);

    public Task<int> DeleteAsync(TenantId tenant, string containing)
    {
        lock (_gate)
        {
            bool IsMeant(TenantId of, string name) => of == tenant && name.Contains(containing, StringComparison.Ordinal);
            var names = _counters.Keys.Where(key => IsMeant(key.Tenant, key.Name)).Select(key => (1, key.Name))
                .Concat(_gauges.Keys.Where(key => IsMeant(key.Tenant, key.Name)).Select(key => (2, key.Name)))
                .Concat(_sets.Keys.Where(key => IsMeant(key.Tenant, key.Name)).Select(key => (3, key.Name))).Distinct().Count();
            foreach (var key in _counters.Keys.Where(key => IsMeant(key.Tenant, key.Name)).ToList())
                _counters.Remove(key);
            foreach (var key in _gauges.Keys.Where(key => IsMeant(key.Tenant, key.Name)).ToList())
                _gauges.Remove(key);
            foreach (var key in _sets.Keys.Where(key => IsMeant(key.Tenant, key.Name)).ToList())
                _sets.Remove(key);
            _changes++;
            return Task.FromResult(names);
        }
    }

    private void Apply(TenantId tenant, StatUpdate update)
    {
        var bucket = Now.Start;
        foreach (var (name, change) in update.Counters)
        {
            var id = (tenant, "", update.Id, name);
            var old = _counters.GetValueOrDefault(id);
            var fresh = checked((change.Set ?? old) + change.Add);
            _counters[id] = fresh;
            foreach (var dim in update.Dims)
                _counters[(tenant, dim.Name, dim.Value, name)] = checked((long)((Int128)_counters.GetValueOrDefault((tenant, dim.Name, dim.Value, name)) + fresh - old));
        }
        foreach (var (name, value) in update.Gauges)
        {
            var id = (tenant, "", update.Id, name, bucket);
            var old = _gauges.GetValueOrDefault(id);
            _gauges[id] = value;
            foreach (var dim in update.Dims)
                _gauges[(tenant, dim.Name, dim.Value, name, bucket)] = checked((long)((Int128)_gauges.GetValueOrDefault((tenant, dim.Name, dim.Value, name, bucket)) + value - old));
        }
        foreach (var (name, members) in update.Members)
        {
            foreach (var (dim, owner) in update.Dims.Select(dim => (dim.Name, dim.Value)).Prepend(("", update.Id)))
            {
                if (!_sets.TryGetValue((tenant, dim, owner, name), out var set))
                    _sets[(tenant, dim, owner, name)] = set = [];
                set.UnionWith(members);
            }
        }
    }

    private static void Restore<TKey>(Dictionary<TKey, long> values, List<KeyValuePair<TKey, long>> before)
        where TKey : notnull
    {
        values.Clear();
        foreach (var (key, value) in before)
            values[key] = value;
    }
}
