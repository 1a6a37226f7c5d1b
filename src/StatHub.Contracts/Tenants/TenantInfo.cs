using System.Text.Json.Serialization;

namespace StatHub.Contracts.Tenants;

/// <summary>A tenant.</summary>
/// <param name="Id">Its name in URLs: 1 to 32 characters of a-z and 0-9.</param>
/// <param name="Name">What people call it.</param>
/// <param name="RetentionDays">How many days raw hits are kept; absent when for ever.</param>
/// <param name="RollupMonths">How many whole UTC months of sums are kept beside the current one; absent when for ever.</param>
/// <param name="SumsFrom">The first UTC day that has sums: what begins before is answered with what there is from then on. Absent while none were let go of.</param>
/// <param name="KeyLimit">How many keys it may have; absent for the service's default. Hits of further ones count under the key <c>/other</c>.</param>
/// <param name="HitsPerDay">How many hits of one UTC day are counted; absent for any number. Further ones are refused as <c>quota</c>.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="PublicRead">Whether anybody may read its counts and series without a token; absent for no.</param>
/// <param name="CorsOrigins">The web pages whose scripts may ask about it, by their origins; absent for none.</param>
public sealed record TenantInfo(
    string Id,
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RetentionDays,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RollupMonths,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? SumsFrom,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? KeyLimit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? HitsPerDay,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool PublicRead = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? CorsOrigins = null);

/// <summary>A tenant to register.</summary>
/// <param name="Id">1 to 32 characters of a-z and 0-9.</param>
/// <param name="Name">1 to 200 characters; the id when absent.</param>
/// <param name="RetentionDays">1 to 36,500; raw hits are kept for ever when absent.</param>
/// <param name="KeyLimit">1 to 10,000,000 keys; the service's default when absent.</param>
/// <param name="HitsPerDay">1 or more; any number when absent.</param>
/// <param name="RollupMonths">1 to 1,200, with at least as many days as <paramref name="RetentionDays"/>; sums are kept for ever when absent.</param>
/// <param name="PublicRead">Whether anybody may read its counts and series without a token.</param>
/// <param name="CorsOrigins">At most 20 origins of web pages such as <c>https://shop.example</c>, whose scripts may ask about it; <c>*</c> for every page, only with <paramref name="PublicRead"/>.</param>
public sealed record NewTenant(
    string? Id = null,
    string? Name = null,
    int? RetentionDays = null,
    int? KeyLimit = null,
    long? HitsPerDay = null,
    int? RollupMonths = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool PublicRead = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string?>? CorsOrigins = null);
