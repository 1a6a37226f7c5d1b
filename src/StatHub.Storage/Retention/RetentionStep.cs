namespace StatHub.Storage.Retention;

/// <summary>The steps of a retention, in their order: where a crash is tried.</summary>
public enum RetentionStep
{
    /// <summary>The rollups of a day are in a temporary file that is whole and durable.</summary>
    FileSynced,

    /// <summary>It has its name; the catalogue still has the day's raw hits.</summary>
    FileNamed,

    /// <summary>The catalogue forgets the raw hits in the open transaction.</summary>
    DayForgotten,

    /// <summary>The transaction is committed; the raw hits are still on the disk.</summary>
    ForgottenCommitted,

    /// <summary>The file of the same day before this one is removed.</summary>
    OldFileRemoved,

    /// <summary>Compacted files that were forgotten are removed, members of young segments are not overwritten.</summary>
    RawHitsRemoved,

    /// <summary>It is noted from which day there are sums; those before are all there.</summary>
    RangeNoted,

    /// <summary>Rows of some series of a month are removed in the open transaction.</summary>
    RowsRemoved,

    /// <summary>That transaction is committed.</summary>
    RowsGone,

    /// <summary>A rollup file of a day whose sums are gone is removed.</summary>
    RollupFileRemoved,
}
