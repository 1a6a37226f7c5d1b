namespace StatHub.Contracts.Ledger;

/// <summary>Where the lines of the journal went, by the time of their commit. <c>lines = counted + sum(rejected)</c>.</summary>
/// <param name="From">The first instant of the range that was used, a whole minute.</param>
/// <param name="To">The first instant behind it; null when there is no end.</param>
/// <param name="Lines">Every line that was read.</param>
/// <param name="Counted">Those that are hits.</param>
/// <param name="Rejected">The others, by reason; reasons without lines are absent.</param>
/// <param name="PendingBytes">What is written to the journal, of all tenants, and not committed yet.</param>
/// <param name="AsOf">Everything that was written up to this instant is in the answer.</param>
public sealed record LedgerSums(
    DateTimeOffset From,
    DateTimeOffset? To,
    long Lines,
    long Counted,
    IReadOnlyDictionary<string, long> Rejected,
    long PendingBytes,
    DateTimeOffset AsOf);

/// <summary>A line that was not counted, kept as a sample.</summary>
/// <param name="Reason">Why.</param>
/// <param name="CommittedAt">When that was settled.</param>
/// <param name="File">The journal file's name at that time.</param>
/// <param name="Offset">Where in it the line began, in bytes.</param>
/// <param name="Line">The beginning of the line, addresses masked.</param>
public sealed record RefusedLine(string Reason, DateTimeOffset CommittedAt, string File, long Offset, string Line);
