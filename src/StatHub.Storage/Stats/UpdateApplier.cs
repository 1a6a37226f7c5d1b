using System.Globalization;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Stats;

/// <summary>Applies updates, each whole or not at all: what it would change is planned, and done when nothing is against it. Within a transaction.</summary>
internal sealed class UpdateApplier(StatCells cells, MemberLists lists, TenantSizes sizes, StatBounds bounds)
{
    private readonly List<(StatCell Cell, StatAmount Amount)> _plan = [];
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
            if (!TryPlan(StatKind.Counter, name, Delta(name, change), bucket: 0))
                return TooLarge(change.Set is null ? "increments" : "counters", name);
        }
        foreach (var (name, value) in update.Gauges)
        {
            if (!TryPlan(StatKind.Gauge, name, Delta(name, value, bucket), bucket))
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
    private bool TryPlan(StatKind kind, string name, Int128 delta, long bucket)
    {
        foreach (var place in _places)
        {
            var cell = cells.Find(new StatKey(place, kind, name));
            if (!(kind == StatKind.Gauge ? cell.Amount.TryAddIn(bucket, delta, out var sum) : cell.Amount.TryAdd(delta, out sum)))
                return false;
            _plan.Add((cell, sum));
        }
        return true;
    }

    /// <summary>Bounds are told before they are reached by an update that might have stayed below: members that a set has already count as new ones here.</summary>
    private StatRefusal? Beyond(TenantSize size, StatUpdate update)
    {
        long ids = 0, values = 0, members = 0;
        foreach (var (cell, _) in _plan)
            Count(cell, ref ids, ref values);
        foreach (var (name, set) in update.Members)
        {
            foreach (var place in _places)
            {
                Count(cells.Find(new StatKey(place, StatKind.Member, name)), ref ids, ref values);
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
        foreach (var (cell, amount) in _plan)
            Set(size, cell, amount, list: 0);
        foreach (var (name, members) in update.Members)
        {
            var hashes = members.Select(MemberLists.Hash).ToList();
            foreach (var place in _places)
                AddMembers(size, cells.Find(new StatKey(place, StatKind.Member, name)), hashes);
        }
    }

    private void AddMembers(TenantSize size, StatCell cell, List<byte[]> hashes)
    {
        var list = cell.IsKnown ? cell.List : lists.New();
        var added = hashes.Count(hash => lists.Add(list, hash));
        if (added == 0)
            return;
        size.Members += added;
        Set(size, cell, new StatAmount(cell.Amount.Amount + added), list);
    }

    private void Set(TenantSize size, StatCell cell, StatAmount amount, long list)
    {
        long ids = 0, values = 0;
        Count(cell, ref ids, ref values);
        size.Ids += ids;
        size.Values += values;
        cells.Set(cell, amount, list);
    }

    private static void Count(StatCell cell, ref long ids, ref long values)
    {
        if (cell.IsKnown)
            return;
        if (cell.Key.Place.IsId)
            ids++;
        else
            values++;
    }

    private static StatRefusal TooLarge(string field, string name) => new($"{field}.{name} makes a sum that has over 64 bits.");

    private static StatRefusal TooMany(string field, string what, long bound) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{field}: the tenant may have {bound} {what}, and would have more."));
}
