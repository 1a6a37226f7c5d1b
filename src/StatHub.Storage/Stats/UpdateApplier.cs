using System.Globalization;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Stats;

/// <summary>Applies updates, each whole or not at all: what it would change is planned, and done when nothing is against it. Within a transaction.</summary>
internal sealed class UpdateApplier(StatCells cells, MemberLists lists, TenantSizes sizes, StatBounds bounds)
{
    private readonly List<(StatKey Key, StatCell Cell)> _plan = [];
    private readonly List<StatPlace> _places = [];

    /// <summary>Applies an update.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="update">What it says.</param>
    /// <param name="bucket">The bucket that its gauges are of.</param>
    /// <returns>Why it is refused; null when it was applied.</returns>
    public StatRefusal? Apply(TenantId tenant, StatUpdate update, long bucket)
    {
        _plan.Clear();
        _places.Clear();
        _places.Add(new StatPlace(tenant, "", update.Id));
        foreach (var dim in update.Dims)
            _places.Add(new StatPlace(tenant, dim.Name, dim.Value));
        foreach (var (name, change) in update.Counters)
        {
            if (!TryPlan(StatKind.Counter, name, Delta(name, change), (amount, delta) => (amount.TryAdd(delta, out var sum), sum)))
                return TooLarge(change.Set is null ? "increments" : "counters", name);
        }
        foreach (var (name, value) in update.Gauges)
        {
            if (!TryPlan(StatKind.Gauge, name, Delta(name, value, bucket), (amount, delta) => (amount.TryAddIn(bucket, delta, out var sum), sum)))
                return TooLarge("gauges", name);
        }
        if (Beyond(sizes.Of(tenant), update) is { } refusal)
            return refusal;
        Do(sizes.Of(tenant), update);
        return null;
    }

    private Int128 Delta(string name, CounterChange change) => change.From(cells.Find(new StatKey(_places[0], StatKind.Counter, name)).Amount.Amount);

    private Int128 Delta(string name, long value, long bucket)
    {
        var cell = cells.Find(new StatKey(_places[0], StatKind.Gauge, name));
        return (Int128)value - (cell.IsKnown ? cell.Amount.In(bucket) ?? 0 : 0);
    }

    /// <summary>The id's stat and those of the dims change by the same number.</summary>
    private bool TryPlan(StatKind kind, string name, Int128 delta, Func<StatAmount, Int128, (bool Fits, StatAmount Sum)> add)
    {
        foreach (var place in _places)
        {
            var key = new StatKey(place, kind, name);
            var cell = cells.Find(key);
            var (fits, sum) = add(cell.Amount, delta);
            if (!fits)
                return false;
            _plan.Add((key, cell with { Amount = sum }));
        }
        return true;
    }

    /// <summary>Bounds are told before they are reached by an update that might have stayed below: members that a set has already count as new ones here.</summary>
    private StatRefusal? Beyond(TenantSize size, StatUpdate update)
    {
        long ids = 0, values = 0, members = 0;
        foreach (var (key, cell) in _plan)
            Count(key, cell, ref ids, ref values);
        foreach (var (name, set) in update.Members)
        {
            foreach (var place in _places)
            {
                var key = new StatKey(place, StatKind.Member, name);
                Count(key, cells.Find(key), ref ids, ref values);
                members += set.Count;
            }
        }
        return size.Ids + ids > bounds.Ids && ids > 0 ? TooMany("id", "stats of ids", bounds.Ids)
            : size.Values + values > bounds.Values && values > 0 ? TooMany("dims", "stats of dim values", bounds.Values)
            : size.Members + members > bounds.Members && members > 0 ? TooMany("members", "members of sets", bounds.Members)
            : null;
    }

    private void Do(TenantSize size, StatUpdate update)
    {
        foreach (var (key, cell) in _plan)
            Set(size, key, cell);
        foreach (var (name, members) in update.Members)
        {
            var hashes = members.Select(MemberLists.Hash).ToList();
            foreach (var place in _places)
                AddMembers(size, new StatKey(place, StatKind.Member, name), hashes);
        }
    }

    private void AddMembers(TenantSize size, StatKey key, List<byte[]> hashes)
    {
        var cell = cells.Find(key);
        var list = cell.IsKnown ? cell.List : lists.New();
        var added = hashes.Count(hash => lists.Add(list, hash));
        if (added == 0)
            return;
        size.Members += added;
        Set(size, key, cell with { Amount = new StatAmount(cell.Amount.Amount + added), List = list });
    }

    private void Set(TenantSize size, StatKey key, StatCell cell)
    {
        long ids = 0, values = 0;
        Count(key, cell, ref ids, ref values);
        size.Ids += ids;
        size.Values += values;
        cells.Set(key, cell with { IsKnown = true });
    }

    private static void Count(StatKey key, StatCell cell, ref long ids, ref long values)
    {
        if (cell.IsKnown)
            return;
        if (key.Place.Dim.Length == 0)
            ids++;
        else
            values++;
    }

    private static StatRefusal TooLarge(string field, string name) => new($"{field}.{name} makes a sum that has over 64 bits.");

    private static StatRefusal TooMany(string field, string what, long bound) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{field}: the tenant may have {bound} {what}, and would have more."));
}
