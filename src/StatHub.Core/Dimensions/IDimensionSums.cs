using StatHub.Core.Hits;
using StatHub.Core.Sketches;

namespace StatHub.Core.Dimensions;

/// <summary>Sums by the values of a dimension, from rollups: their cost grows with days, never with hits. Safe to call from several threads.</summary>
public interface IDimensionSums
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

/// <summary>Which dimension, of the client's own by what follows <c>d.</c>.</summary>
/// <param name="Dimension">The dimension.</param>
/// <param name="Own">The name of an own one, else empty.</param>
public readonly record struct DimensionName(Dimension Dimension, string Own = "")
{
    /// <summary>The name in the API.</summary>
    public override string ToString() => Dimension.Name() + Own;

    /// <summary>Finds a dimension by its name in the API.</summary>
    public static bool TryParse(string? text, out DimensionName name)
    {
        var found = DimensionNames.TryParse(text, out var dimension, out var own);
        name = new DimensionName(dimension, own);
        return found;
    }
}

/// <summary>Whole UTC days since 1970.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">Behind the last day.</param>
public readonly record struct DayRange(long From, long To);
