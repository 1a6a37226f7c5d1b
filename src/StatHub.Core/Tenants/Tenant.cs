using StatHub.Core.Time;

namespace StatHub.Core.Tenants;

/// <summary>An owner of hits.</summary>
/// <param name="Id">Its name in URLs and journal lines.</param>
/// <param name="Name">What people call it; at most 200 characters.</param>
/// <param name="RetentionDays">How many days raw hits are kept, 1 to 36,500; null keeps them for ever.</param>
/// <param name="CreatedAt">When it was registered, or registered again after an erase.</param>
/// <param name="KeyLimit">How many keys it may have, 1 to 10,000,000; null for the service's default. Hits of further ones count under <see cref="Hits.HitKey.Overflow"/>.</param>
/// <param name="HitsPerDay">How many hits of one UTC day are counted, 1 or more; null for any number. Further ones are refused as <c>quota</c>.</param>
/// <param name="RollupMonths">How many whole UTC months of sums are kept beside the current one, 1 to 1,200; null keeps them for ever.</param>
public sealed record Tenant(
    TenantId Id, string Name, int? RetentionDays, DateTimeOffset CreatedAt, int? KeyLimit = null, long? HitsPerDay = null, int? RollupMonths = null)
{
    /// <summary>The keys that a tenant may have unless it or the service has another limit.</summary>
    public const int UsualKeyLimit = 100_000;

    /// <summary>The first UTC day that has sums; null while none were let go of. The store says it, nobody sets it.</summary>
    public DateOnly? SumsFrom { get; init; }

    /// <summary>Whether anybody may read its counts and series without a token.</summary>
    public bool PublicRead { get; init; }

    /// <summary>The web pages whose scripts may ask about it.</summary>
    public WebOrigins CorsOrigins { get; init; }

    /// <summary>Whether sums are kept as long as raw hits or longer, whichever months they are.</summary>
    public bool KeepsSumsOfRawHits => RollupMonths is not { } months || RetentionDays <= KeptMonths.FewestDays(months);
}
