using StatHub.Core.Tenants;

namespace StatHub.Storage.Logs.Following;

/// <summary>A log that is followed while it is written.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Tenant">Whose hits its lines are.</param>
/// <param name="Request">Its format and which keys its lines count for.</param>
public sealed record LogSource(string Path, TenantId Tenant, LogRequest Request)
{
    /// <summary>Paths of other logs that are followed: they are not taken for rotated files of this one.</summary>
    public IReadOnlyCollection<string> Others { get; init; } = [];
}

/// <summary>How far a log is followed.</summary>
/// <param name="Format">The format that its lines are read in; null where none is known yet.</param>
/// <param name="Offset">How many bytes of the file that has its name now are in the journal.</param>
/// <param name="BehindBytes">What is written and not in the journal, in all of its files, as the last look found them.</param>
/// <param name="Totals">What there was so far.</param>
/// <param name="BehindSince">Since when something is not in the journal; null where nothing is.</param>
/// <param name="Error">What keeps it from being read; null where nothing does.</param>
public sealed record LogSourceState(string? Format, long Offset, long BehindBytes, FollowedTotals Totals, DateTimeOffset? BehindSince, string? Error);

/// <summary>What a source had since it is followed.</summary>
/// <param name="Lines">Lines that are in the journal.</param>
/// <param name="Truncations">How often a file was cut short, or went before all of it was read.</param>
/// <param name="TruncatedBytes">How many bytes are known to have gone unread.</param>
public sealed record FollowedTotals(long Lines, long Truncations, long TruncatedBytes);

/// <summary>The steps that bring lines of a followed log into the journal.</summary>
public enum FollowStep
{
    /// <summary>Journal lines are in the spool, on disk.</summary>
    Written,

    /// <summary>The new position is noted, together with the file of the spool.</summary>
    Noted,

    /// <summary>The file is in the journal.</summary>
    Moved,

    /// <summary>It is noted that it is there.</summary>
    Settled,
}
