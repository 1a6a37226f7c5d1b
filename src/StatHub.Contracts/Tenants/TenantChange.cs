using System.Text.Json;
using System.Text.Json.Serialization;

namespace StatHub.Contracts.Tenants;

/// <summary>
/// What is to change of a tenant, as a merge patch (RFC 7396): what is absent stays as it is, <c>null</c> takes a setting away.
/// </summary>
public sealed record TenantChange
{
    /// <summary>A string of 1 to 200 characters; the id when null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Name { get; init; }

    /// <summary>A number of days from 1 to 36,500; raw hits are kept for ever when null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement RetentionDays { get; init; }

    /// <summary>A number of whole UTC months from 1 to 1,200, with at least as many days as raw hits are kept; sums are kept for ever when null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement RollupMonths { get; init; }

    /// <summary>1 to 10,000,000 keys; the service's default when null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement KeyLimit { get; init; }

    /// <summary>A number of hits, 1 or more; any number when null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement HitsPerDay { get; init; }

    /// <summary>Whether anybody may read its counts and series; no when null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement PublicRead { get; init; }

    /// <summary>A list of at most 20 origins such as <c>https://shop.example</c>; none when null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement CorsOrigins { get; init; }
}
