namespace StatHub.Storage.Commits;

/// <summary>The steps of a commit, in their order: where a crash is tried.</summary>
public enum CommitStep
{
    /// <summary>Lines are parsed and summed, nothing is written.</summary>
    BatchRead,

    /// <summary>Members are compressed.</summary>
    MembersCompressed,

    /// <summary>Members are appended to the segment, not yet synced.</summary>
    SegmentAppended,

    /// <summary>Members are durable; the catalogue does not know them.</summary>
    SegmentSynced,

    /// <summary>Rollups are written in the open transaction.</summary>
    RollupsWritten,

    /// <summary>Ledger and samples are written in the open transaction.</summary>
    LedgerWritten,

    /// <summary>The catalogue is written in the open transaction.</summary>
    CatalogueWritten,

    /// <summary>Journal offsets are written in the open transaction.</summary>
    OffsetsWritten,

    /// <summary>The transaction is committed.</summary>
    Committed,

    /// <summary>Sums by dimension of this and earlier batches are written in an open transaction of their own.</summary>
    DimensionsWritten,

    /// <summary>Sums by dimension of the batch are written, or wait in memory.</summary>
    DimensionsAdded,

    /// <summary>A journal file that is done was removed; the store does not know that yet.</summary>
    JournalFileRemoved,
}
