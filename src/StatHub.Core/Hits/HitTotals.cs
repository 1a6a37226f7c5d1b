namespace StatHub.Core.Hits;

/// <summary>Sums over some stretch of time.</summary>
/// <param name="Hits">Every counted hit, those of bots included.</param>
/// <param name="Bots">How many of them are labelled bot; null where some were counted before StatHub labelled them.</param>
/// <param name="Value">The exact sum of <c>tv</c>.</param>
/// <param name="Visitors">
/// Distinct visitors without bots of each UTC day, summed over days; null where the stretch does not begin and end with a whole hour, or where some hits
/// were counted before StatHub noted visitors.
/// </param>
public readonly record struct HitTotals(long Hits, long? Bots, ValueSum Value, long? Visitors)
{
    /// <summary>No hit.</summary>
    public static readonly HitTotals None = new(0, 0, ValueSum.Zero, 0);
}
