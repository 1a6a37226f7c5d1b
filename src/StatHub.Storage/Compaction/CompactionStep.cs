namespace StatHub.Storage.Compaction;

/// <summary>The steps of a compaction, in their order: where a crash is tried.</summary>
public enum CompactionStep
{
    /// <summary>It is known what goes into the file, nothing is written.</summary>
    Planned,

    /// <summary>Sorted lines of a part of the day are in a temporary file.</summary>
    PartSorted,

    /// <summary>A member is written to the temporary file.</summary>
    MemberWritten,

    /// <summary>The temporary file is whole and durable.</summary>
    FileSynced,

    /// <summary>It has its name; the catalogue does not know it.</summary>
    FileNamed,

    /// <summary>The catalogue's new rows are written in the open transaction.</summary>
    CatalogueWritten,

    /// <summary>The transaction is committed: the day is read from the new file.</summary>
    Switched,

    /// <summary>The catalogue has forgotten the day's file before this one, which is still there.</summary>
    OldFileForgotten,

    /// <summary>The file before this one is removed.</summary>
    OldFileRemoved,

    /// <summary>What a young segment tells of its batches is kept in a file of its own.</summary>
    BatchesKept,

    /// <summary>The catalogue has forgotten the young segment, which is still there.</summary>
    SegmentForgotten,

    /// <summary>The young segment is removed; rows about its members are not.</summary>
    SegmentRemoved,
}
