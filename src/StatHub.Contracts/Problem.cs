using System.Text.Json.Serialization;

namespace StatHub.Contracts;

/// <summary>What is wrong with a request or with the service: the body of every <c>application/problem+json</c> answer.</summary>
/// <param name="Type">A stable name, <c>/problems/…</c>; programs tell problems apart by it.</param>
/// <param name="Title">The problem in a few words, the same for every case of the type.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong in this case.</param>
/// <param name="Errors">For bad arguments: what is wrong with each, by its name.</param>
/// <param name="Reasons">For a service that is not ready: everything that is wrong with it.</param>
/// <param name="TraceId">For an error of the service: what to look for in its log.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Reasons = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceId = null);
