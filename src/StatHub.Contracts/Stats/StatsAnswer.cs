using System.Text.Json.Serialization;

namespace StatHub.Contracts.Stats;

/// <summary>The stats of dims, all keys sorted.</summary>
/// <param name="Succeeded">True.</param>
/// <param name="Error">Empty.</param>
/// <param name="Dims">For each dim its values; <c>total</c> is the sum over them.</param>
public sealed record StatsAnswer(bool Succeeded, string Error, IReadOnlyDictionary<string, IReadOnlyDictionary<string, ValueStats>> Dims);

/// <summary>The stats of one value of a dim. What is empty is left out.</summary>
/// <param name="Counters">Counters.</param>
/// <param name="Gauges">Gauges of the bucket before this one, and how many members sets have.</param>
/// <param name="GaugesCurrent">Gauges of the bucket that is now; not all ids have reported yet.</param>
public sealed record ValueStats(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, Int128>? Counters,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, Int128>? Gauges,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, Int128>? GaugesCurrent);

/// <summary>A message of a stream: one stat of a dim's values.</summary>
/// <param name="AsOfSeconds">When it was read, in Unix seconds.</param>
/// <param name="Values">The number of each value that was asked for, and the <c>total</c> over all values.</param>
public sealed record StreamedStats(long AsOfSeconds, IReadOnlyDictionary<string, Int128> Values);
