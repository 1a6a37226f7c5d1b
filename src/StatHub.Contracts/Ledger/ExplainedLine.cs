using System.Text.Json.Serialization;
using StatHub.Contracts.Json;

namespace StatHub.Contracts.Ledger;

/// <summary>What becomes of a journal line when it is read now, and why.</summary>
/// <param name="Outcome"><c>counted</c>, or the reason why it is refused.</param>
/// <param name="Why">The same in a sentence.</param>
/// <param name="Tenant">Its tenant; absent where it has no valid one.</param>
/// <param name="Key">Its key; absent when it is refused.</param>
/// <param name="Time">When the hit was; absent when it is refused.</param>
/// <param name="Value">Its value; absent when it is refused.</param>
/// <param name="Bot">Why it is taken for a bot's; absent when it is not.</param>
/// <param name="Dimensions">What is read from it, by the name of the dimension.</param>
/// <param name="RawHits">How many raw hits were made of it so far: 1 when it was counted, 0 when it was not, or its raw hits are not kept any more.</param>
public sealed record ExplainedLine(
    string Outcome,
    string Why,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tenant,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Time,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ExactNumber? Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Bot,
    IReadOnlyDictionary<string, string> Dimensions,
    int RawHits);
