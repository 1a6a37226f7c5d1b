using StatHub.Core.Tenants;
using StatHub.Core.Time;

namespace StatHub.Core.Hits;

/// <summary>Answers from rollups: their cost grows with days, never with hits. Safe to call from several threads.</summary>
public interface IHitCounts
{
    /// <summary>Sums over one range. A tenant or key without hits has sums of zero.</summary>
    HitTotals Count(HitScope scope, MinuteRange range);

    /// <summary>
    /// Sums of consecutive buckets: bucket <c>i</c> spans the minutes from <c>boundaries[i]</c> to before
    /// <c>boundaries[i + 1]</c>. Boundaries ascend strictly; the answer has one entry fewer than there are boundaries.
    /// </summary>
    IReadOnlyList<HitTotals> Series(HitScope scope, IReadOnlyList<long> boundaries);

    /// <summary>The tenant's keys in the order of their UTF-8 bytes, after <paramref name="after"/> and with <paramref name="prefix"/>.</summary>
    IReadOnlyList<KeySummary> Keys(TenantId tenant, string prefix, HitKey? after, int limit);
}

/// <summary>A key and what is known of it without a range.</summary>
/// <param name="Key">The key.</param>
/// <param name="Hits">All hits that rollups still hold.</param>
/// <param name="First">The earliest instant of a hit, to the millisecond.</param>
/// <param name="Last">The latest instant of a hit, to the millisecond.</param>
public sealed record KeySummary(HitKey Key, long Hits, DateTimeOffset First, DateTimeOffset Last);
