using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Time;

namespace StatHub.Core.Ledger;

/// <summary>The proof: where each line of the journal went. Safe to call from several threads.</summary>
public interface ILedger
{
    /// <summary>Sums over a range of commit times; of one tenant's lines or of all.</summary>
    LedgerTotals Totals(MinuteRange committed, TenantId? tenant);

    /// <summary>The first refused lines of each reason and day, newest day first.</summary>
    /// <param name="reason">Only of this reason; null for all.</param>
    /// <param name="limit">At most so many.</param>
    IReadOnlyList<RejectedLine> Rejected(RejectReason? reason, int limit);
}

/// <summary>Sums of outcomes. <see cref="Lines"/> is always <see cref="Counted"/> plus all of <see cref="Rejected"/>.</summary>
/// <param name="Counted">Lines that are hits.</param>
/// <param name="Rejected">Refused lines by reason; reasons without lines are absent.</param>
public sealed record LedgerTotals(long Counted, IReadOnlyDictionary<RejectReason, long> Rejected)
{
    /// <summary>Every line that was read.</summary>
    public long Lines => Counted + Rejected.Values.Sum();
}

/// <summary>A line that was refused, kept as a sample.</summary>
/// <param name="Reason">Why.</param>
/// <param name="CommittedAt">When that was committed.</param>
/// <param name="File">The journal file's name at that time.</param>
/// <param name="Offset">Where the line began, in bytes.</param>
/// <param name="Line">The line's first 1,000 bytes; whatever looks like an address is masked, invalid UTF-8 is replaced.</param>
public sealed record RejectedLine(RejectReason Reason, DateTimeOffset CommittedAt, string File, long Offset, string Line);
