using System.Text.Json.Serialization;
using StatHub.Contracts.Json;

namespace StatHub.Contracts.Hits;

/// <summary>Sums by several dimensions at once, over whole UTC days or months.</summary>
/// <param name="By">The dimensions, as in the request.</param>
/// <param name="Step"><c>day</c> or <c>month</c>.</param>
/// <param name="From">The first instant of the range that was used: a midnight in UTC.</param>
/// <param name="To">The first instant behind it; null where the range has no end.</param>
/// <param name="AsOf">Everything that was written up to this instant is in the answer.</param>
/// <param name="Rows">Step by step in the order of time; within a step those with the most hits first.</param>
/// <param name="Limited">Whether a step had more combinations of values than have a row of their own; then it has a row with <c>other</c>.</param>
/// <param name="Fresh">Whether all that was written when the request arrived is in the answer; only when that was asked.</param>
public sealed record SumsByDimension(
    IReadOnlyList<string> By,
    string Step,
    DateTimeOffset From,
    DateTimeOffset? To,
    DateTimeOffset AsOf,
    IReadOnlyList<SumRow> Rows,
    bool Limited,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Fresh = null);

/// <summary>The sums of one combination of values in one step.</summary>
/// <param name="Start">Where the step begins.</param>
/// <param name="Values">The value of each dimension; null where the hits say nothing of it.</param>
/// <param name="Hits">Every counted hit, those of bots included.</param>
/// <param name="Bots">How many of them are a bot's.</param>
/// <param name="Value">The exact sum of <c>tv</c>.</param>
/// <param name="Other">Whether it is the row of all combinations that have none of their own; its values are <c>(other)</c>.</param>
public sealed record SumRow(
    DateTimeOffset Start,
    IReadOnlyDictionary<string, string?> Values,
    long Hits,
    long Bots,
    ExactNumber Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Other = false);
