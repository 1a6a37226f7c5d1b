using System.Text.Json.Serialization;
using StatHub.Contracts.Json;

namespace StatHub.Cli.Commands.Backup;

/// <summary>What <c>stathub restore --json</c> prints.</summary>
internal sealed record RestoreReport(
    long Batch,
    DateTimeOffset MadeAt,
    int Tenants,
    long Hits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? LastCommit,
    int Files,
    long Bytes,
    IReadOnlyList<string> Erased,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Replaced);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(RestoreReport))]
internal sealed partial class RestoreJson : JsonSerializerContext;
