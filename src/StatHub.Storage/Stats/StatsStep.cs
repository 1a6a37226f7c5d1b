namespace StatHub.Storage.Stats;

/// <summary>The steps of a commit of stats, in their order: where a crash is tried.</summary>
public enum StatsStep
{
    /// <summary>Updates are applied in memory and their members written, in the open transaction.</summary>
    Applied,

    /// <summary>What they changed is in the log, in the open transaction.</summary>
    Logged,

    /// <summary>The transaction is committed and durable; nobody was told.</summary>
    Committed,

    /// <summary>Rows are brought up to date in a later transaction, which is open.</summary>
    RowsWritten,

    /// <summary>The log is emptied in that transaction.</summary>
    LogCleared,

    /// <summary>That transaction is committed.</summary>
    RowsCommitted,
}
