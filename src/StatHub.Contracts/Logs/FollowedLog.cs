using System.Text.Json.Serialization;

namespace StatHub.Contracts.Logs;

/// <summary>A log that the service follows.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Tenant">Whose hits its lines are.</param>
/// <param name="Format">The format of its lines; <c>auto</c> as long as it is not known.</param>
/// <param name="Key">Which keys its lines count for. Null while its format is not known, and where lines say it themselves.</param>
/// <param name="Offset">How many bytes of the file that has its name now were taken.</param>
/// <param name="Lines">How many lines were taken in all.</param>
/// <param name="Truncations">How often it was cut short, or went before all of it was read.</param>
/// <param name="TruncatedBytes">How many bytes are known to have gone unread then.</param>
/// <param name="BehindBytes">How many bytes are written and were not taken yet, the beginning of an unfinished line included.</param>
/// <param name="BehindSeconds">Since when that is so.</param>
/// <param name="Error">What keeps it from being read; absent when nothing does.</param>
public sealed record FollowedLog(
    string Path, string Tenant, string Format, string? Key, long Offset, long Lines, long Truncations, long TruncatedBytes, long BehindBytes, double BehindSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);
