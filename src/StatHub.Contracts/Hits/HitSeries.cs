using System.Text.Json.Serialization;
using StatHub.Contracts.Json;

namespace StatHub.Contracts.Hits;

/// <summary>Sums over consecutive buckets of a range. The points' hits add up to the count of the range.</summary>
/// <param name="From">The first instant of the range that was used, a whole minute.</param>
/// <param name="To">The first instant behind it; without one in the request, the end of the bucket that is now.</param>
/// <param name="Step"><c>minute</c>, <c>hour</c>, <c>day</c>, <c>week</c> (from Monday) or <c>month</c>.</param>
/// <param name="Tz">The time zone whose hours, days, weeks and months the buckets are.</param>
/// <param name="AsOf">Everything that was written up to this instant is in the answer.</param>
/// <param name="Points">One for each bucket, also for empty ones.</param>
/// <param name="Fresh">Whether all that was written when the request arrived is in the answer; only when that was asked.</param>
public sealed record HitSeries(
    DateTimeOffset From,
    DateTimeOffset To,
    string Step,
    string Tz,
    DateTimeOffset AsOf,
    IReadOnlyList<SeriesPoint> Points,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Fresh = null);

/// <summary>The sums of one bucket.</summary>
/// <param name="Start">Where the bucket begins. The first one may begin before the range; only hits of the range are in it.</param>
/// <param name="Hits">Every counted hit, those of bots included.</param>
/// <param name="Bots">How many of them are labelled bot; null where that is not known.</param>
/// <param name="Value">The exact sum of <c>tv</c>.</param>
/// <param name="Visitors">Distinct visitors without bots; null where that is not known.</param>
public sealed record SeriesPoint(DateTimeOffset Start, long Hits, long? Bots, ExactNumber Value, long? Visitors);
