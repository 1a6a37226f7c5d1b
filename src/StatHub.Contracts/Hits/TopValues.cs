using StatHub.Contracts.Json;

namespace StatHub.Contracts.Hits;

/// <summary>The most frequent values of a dimension, over whole UTC days.</summary>
/// <param name="Dimension">As in the request.</param>
/// <param name="From">The first instant of the range that was used: a midnight in UTC.</param>
/// <param name="To">The first instant behind it: a midnight in UTC; null where the range has no end.</param>
/// <param name="AsOf">Everything that was written up to this instant is in the answer.</param>
/// <param name="Values">At most <c>limit</c> of them.</param>
/// <param name="Other">All other values. Hits without a value of the dimension are in neither.</param>
/// <param name="Error">
/// A value has at least the hits that are told, and at most so many more; a value that is too rare to be told of has at most so many. 0: everything is exact.
/// </param>
/// <param name="Fresh">Whether all that was written when the request arrived is in the answer; only when that was asked.</param>
public sealed record TopValues(
    string Dimension,
    DateTimeOffset From,
    DateTimeOffset? To,
    DateTimeOffset AsOf,
    IReadOnlyList<TopValue> Values,
    ValueSums Other,
    long Error,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] bool? Fresh = null);

/// <summary>The sums of one value.</summary>
/// <param name="Name">The value.</param>
/// <param name="Hits">Every counted hit, those of bots included.</param>
/// <param name="Bots">How many of them are labelled bot.</param>
/// <param name="Value">The exact sum of <c>tv</c>.</param>
public sealed record TopValue(string Name, long Hits, long Bots, ExactNumber Value);

/// <summary>Sums over several values.</summary>
/// <param name="Hits">Every counted hit, those of bots included.</param>
/// <param name="Bots">How many of them are labelled bot.</param>
/// <param name="Value">The exact sum of <c>tv</c>.</param>
public sealed record ValueSums(long Hits, long Bots, ExactNumber Value);
