namespace StatHub.Storage.Recovery;

/// <summary>What was made again of a lost or damaged database.</summary>
/// <param name="Reason">Why it was made again.</param>
/// <param name="Quarantine">The folder that the damaged database is in now; null when there was none.</param>
/// <param name="CopyBatch">The last commit that the copy had which tenants and tokens were taken from; null without a copy.</param>
/// <param name="CopyMadeAt">When that copy was made.</param>
/// <param name="Batches">The last commit that the segments tell of.</param>
/// <param name="Days">How many days of tenants were summed again from raw hits.</param>
/// <param name="Hits">The hits in them.</param>
/// <param name="KeptDays">How many days have the sums of the copy or of their rollup file, since their raw hits are gone or cannot be read.</param>
/// <param name="Problems">What could not be made again, and why.</param>
public sealed record RecoveryReport(
    string Reason, string? Quarantine, long? CopyBatch, DateTimeOffset? CopyMadeAt, long Batches, long Days, long Hits, long KeptDays, IReadOnlyList<string> Problems);

/// <summary>The steps of a recovery, in their order: where a crash is tried.</summary>
public enum RecoveryStep
{
    /// <summary>The copy of the database, or an empty one, is in the folder of the recovery.</summary>
    Begun,

    /// <summary>It knows all segments, batches and journal offsets.</summary>
    Catalogued,

    /// <summary>A day is summed again.</summary>
    DaySummed,

    /// <summary>It is whole and durable, and not in its place.</summary>
    Synced,

    /// <summary>The damaged database is in quarantine.</summary>
    Quarantined,

    /// <summary>The new one is in its place.</summary>
    Placed,
}
