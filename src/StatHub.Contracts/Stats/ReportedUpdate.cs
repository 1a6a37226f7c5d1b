using System.Text.Json.Serialization;

namespace StatHub.Contracts.Stats;

/// <summary>What an application reports of an id. Every field may be absent; names of fields are taken in any case, unknown ones are ignored.</summary>
/// <param name="Dims">The value of each dim that the report counts for, in lower case when it is stored; <c>total</c> is reserved.</param>
/// <param name="Counters">Counters of the id, as they are now. Dims get what they changed by.</param>
/// <param name="Increments">What is added to counters, after they were set.</param>
/// <param name="Gauges">Numbers of the bucket of time that is now.</param>
/// <param name="Members">A member for each set.</param>
/// <param name="MultiMembers">Several members for each set.</param>
public sealed record ReportedUpdate(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Dims = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Counters = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Increments = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Gauges = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Members = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<string>>? MultiMembers = null);

/// <summary>What became of a request for stats.</summary>
/// <param name="Succeeded">Whether it was done; nothing was changed when it was not.</param>
/// <param name="Error">Why it was not; empty when it was.</param>
public sealed record UpdateAnswer(bool Succeeded, string Error);

/// <summary>How many stats were removed.</summary>
/// <param name="Succeeded">Whether it was done.</param>
/// <param name="Error">Why it was not; empty when it was.</param>
/// <param name="Deleted">Stats: a name is one, for each of counter, gauge and set that it was.</param>
public sealed record DeletedStats(bool Succeeded, string Error, int Deleted);
