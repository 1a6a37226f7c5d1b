namespace StatHub.Storage.Rebuild;

/// <summary>The steps of a rebuild, in their order: where a crash is tried. Those of a compaction come between the first two.</summary>
public enum RebuildStep
{
    /// <summary>The raw hits of a day are summed, nothing is written.</summary>
    DaySummed,

    /// <summary>The day's rows are replaced in the open transaction.</summary>
    RowsReplaced,

    /// <summary>The transaction is committed: the day has its new labels and sums.</summary>
    DaySwitched,

    /// <summary>The rows of some series of a month are made again, in the open transaction.</summary>
    MonthReplaced,
}
