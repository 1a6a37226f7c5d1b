using System.Text.Json.Serialization;

namespace StatHub.Contracts.Nginx;

/// <summary>What a cut of the journal did.</summary>
/// <param name="File">The file that was cut off; null when there was nothing to cut.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Signalled">Whether nginx was signalled.</param>
/// <param name="Detail">Why there was no cut.</param>
public sealed record ReopenDone(
    string? File,
    long Bytes,
    bool Signalled,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail);
