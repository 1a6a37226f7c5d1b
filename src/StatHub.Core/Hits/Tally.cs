namespace StatHub.Core.Hits;

/// <summary>What is summed for one value of a dimension.</summary>
/// <param name="Hits">Every hit, those of bots included.</param>
/// <param name="Bots">How many of them are labelled bot.</param>
/// <param name="Value">The exact sum of <c>tv</c>.</param>
public readonly record struct Tally(long Hits, long Bots, ValueSum Value)
{
    // A value has at most 12 digits before the point.
    private static readonly Int128 MostMillionths = 1_000_000_000_000_000_000;

    /// <summary>Hits can have these sums: there are no more bots than hits, and no value is too large for its hits.</summary>
    public bool IsPossible => Hits >= 0 && Bots >= 0 && Bots <= Hits
        && Value.Millionths <= Hits * MostMillionths && Value.Millionths >= -(Hits * MostMillionths);

    public static Tally operator +(Tally left, Tally right) =>
        new(left.Hits + right.Hits, left.Bots + right.Bots, left.Value + right.Value);

    /// <summary>Adds two tallies.</summary>
    public static Tally Add(Tally left, Tally right) => left + right;
}
