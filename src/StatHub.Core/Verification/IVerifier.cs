using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Work;

namespace StatHub.Core.Verification;

/// <summary>Compares what a store answers with the raw hits that it keeps, and both with the ledger. It changes nothing.</summary>
public interface IVerifier
{
    /// <summary>
    /// Verifies while hits go on to be counted: each tenant and day is compared at one moment of the store.
    /// </summary>
    /// <param name="tenant">One tenant; null for all.</param>
    /// <param name="days">Only days of this range.</param>
    /// <param name="progress">Told how many hits were compared.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    VerifyReport Verify(TenantId? tenant, DayRange days, Action<WorkProgress> progress, CancellationToken cancellationToken);
}

/// <summary>What was compared, and all that is not as it should be.</summary>
/// <param name="Tenants">How many tenants were compared.</param>
/// <param name="Days">How many days of tenants were compared.</param>
/// <param name="Hits">How many raw hits were read.</param>
/// <param name="Unlabelled">How many days of tenants hold hits that an earlier version, or other patterns of clients, counted: what those say is not compared.</param>
/// <param name="Expired">How many further days of tenants have sums whose raw hits are not kept any more.</param>
/// <param name="Differences">The first of them, at most <see cref="MostDifferences"/>.</param>
/// <param name="DifferenceCount">How many there are in all.</param>
public sealed record VerifyReport(int Tenants, long Days, long Hits, long Unlabelled, long Expired, IReadOnlyList<Difference> Differences, long DifferenceCount)
{
    /// <summary>The most differences that are listed.</summary>
    public const int MostDifferences = 1000;

    /// <summary>Whether everything is as it should be.</summary>
    public bool IsClean => DifferenceCount == 0;
}

/// <summary>Something that is not as it should be.</summary>
/// <param name="Tenant">Whose; null for the whole store.</param>
/// <param name="Day">UTC days since 1970; null for no day in particular.</param>
/// <param name="Key">Of which key; null for the tenant as a whole.</param>
/// <param name="What">What was compared: <c>hits</c>, <c>visitors</c>, <c>top browser</c>, <c>raw hits</c>, …</param>
/// <param name="Expected">What follows from the raw hits, or from the finer sums.</param>
/// <param name="Found">What the store says.</param>
public sealed record Difference(TenantId? Tenant, long? Day, string? Key, string What, string Expected, string Found);
