using StatHub.Core.Hits;
using StatHub.Core.Sketches;
using StatHub.Core.Time;

namespace StatHub.Core.Dimensions;

/// <summary>Sums by the values of a dimension, from rollups: their cost grows with days, never with hits. Safe to call from several threads.</summary>
public interface IDimensionCounts
{
    /// <summary>
    /// The most frequent values over a range, and in <see cref="HeavyHitters.Other"/> everything else that had a value.
    /// Hits that say nothing of the dimension are in none of them. Empty for a tenant or key without hits.
    /// </summary>
    HeavyHitters Top(HitScope scope, DimensionName dimension, DayRange range);

    /// <summary>
    /// The sums of one value for each day of a range that has it; a day on which it was too rare to be listed is not
    /// there. The range is bounded.
    /// </summary>
    IReadOnlyDictionary<long, Tally> Series(HitScope scope, DimensionName dimension, string value, DayRange range);
}
