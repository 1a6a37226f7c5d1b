using System.Text.Json.Serialization;
using StatHub.Contracts.Json;

namespace StatHub.Contracts.Hits;

/// <summary>The sums of one tenant or one key over a range.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Key">The key; absent when the question was about the whole tenant.</param>
/// <param name="From">The first instant of the range that was used, a whole minute.</param>
/// <param name="To">The first instant behind it; null when there is no end.</param>
/// <param name="Hits">Every counted hit, those of bots included.</param>
/// <param name="Bots">How many of them are labelled bot; null where that is not known.</param>
/// <param name="Value">The exact sum of <c>tv</c>.</param>
/// <param name="Visitors">Distinct visitors per day without bots, summed over days; null where that is not known.</param>
/// <param name="AsOf">Everything that was written up to this instant is in the answer.</param>
/// <param name="Fresh">Whether all that was written when the request arrived is in the answer; only when that was asked.</param>
public sealed record HitCount(
    string Tenant,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key,
    DateTimeOffset From,
    DateTimeOffset? To,
    long Hits,
    long? Bots,
    ExactNumber Value,
    long? Visitors,
    DateTimeOffset AsOf,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Fresh = null);
