using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Compaction;

namespace StatHub.Storage.Rebuild;

/// <summary>What is to be rebuilt.</summary>
/// <param name="Tenant">One tenant; null for all.</param>
/// <param name="Days">UTC days.</param>
public sealed record RebuildRequest(TenantId? Tenant, DayRange Days)
{
    /// <inheritdoc cref="CompactionRequest.SortBytes"/>
    public int SortBytes { get; init; } = CompactionRequest.UsualSortBytes;
}

/// <summary>What a rebuild did.</summary>
/// <param name="Tenants">How many tenants were looked at.</param>
/// <param name="Days">How many days of tenants were summed again.</param>
/// <param name="Hits">How many raw hits were read.</param>
/// <param name="Relabelled">How many of them have another label than before.</param>
/// <param name="Series">How many times the sums of a key or tenant and day were not those of their raw hits.</param>
/// <param name="Expired">How many further days have sums whose raw hits are not kept any more: they stay as they are.</param>
/// <param name="Problems">Days that were left as they are, and why.</param>
public sealed record RebuildReport(int Tenants, long Days, long Hits, long Relabelled, long Series, long Expired, IReadOnlyList<string> Problems);
