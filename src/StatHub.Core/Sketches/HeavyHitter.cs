using StatHub.Core.Hits;

namespace StatHub.Core.Sketches;

/// <summary>A name that a summary lists.</summary>
/// <param name="Name">The value of the dimension, at most 255 bytes.</param>
/// <param name="Sums">What was summed for it: no more than there was.</param>
/// <param name="Error">At most so many hits more it has that are not in its sums.</param>
public readonly record struct HeavyHitter(ReadOnlyMemory<byte> Name, Tally Sums, long Error)
{
    internal static int CompareByHits(HeavyHitter x, HeavyHitter y)
    {
        var order = y.Sums.Hits.CompareTo(x.Sums.Hits);
        return order != 0 ? order : x.Name.Span.SequenceCompareTo(y.Name.Span);
    }
}
