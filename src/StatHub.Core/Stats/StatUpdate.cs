namespace StatHub.Core.Stats;

/// <summary>What one report says of an id, and the dims that it is rolled up into. Made by <see cref="StatUpdateBuilder"/>.</summary>
/// <param name="Id">Who reports.</param>
/// <param name="Dims">The values that the report counts for, a dim once.</param>
/// <param name="Counters">Counters by name.</param>
/// <param name="Gauges">The gauges of this bucket, by name.</param>
/// <param name="Members">What sets get, by name; none is empty.</param>
public sealed record StatUpdate(
    string Id,
    IReadOnlyList<StatDim> Dims,
    IReadOnlyDictionary<string, CounterChange> Counters,
    IReadOnlyDictionary<string, long> Gauges,
    IReadOnlyDictionary<string, IReadOnlySet<string>> Members)
{
    /// <summary>Whether it changes nothing.</summary>
    public bool IsEmpty => Counters.Count == 0 && Gauges.Count == 0 && Members.Count == 0;

    /// <summary>How many stats and members it changes at most, of the id and of its dims: what applying it costs.</summary>
    public long Cells => (1L + Dims.Count) * (Counters.Count + Gauges.Count + Members.Count + Members.Values.Sum(members => members.Count));
}

/// <summary>A dim and its value, both in lower case.</summary>
public readonly record struct StatDim(string Name, string Value);

/// <summary>How a counter changes: it is set first, then added to.</summary>
/// <param name="Set">What it is set to; null where it is not.</param>
/// <param name="Add">What is added.</param>
public readonly record struct CounterChange(long? Set, long Add)
{
    /// <summary>By how much it changes.</summary>
    /// <param name="old">What the id's counter was; 0 at first.</param>
    public Int128 From(long old) => (Int128)(Set ?? old) + Add - old;
}

/// <summary>Why an update was refused. It changed nothing.</summary>
/// <param name="Reason">A sentence that names the field.</param>
public sealed record StatRefusal(string Reason);
