using StatHub.Storage.Segments;

namespace StatHub.Storage.Recovery;

/// <summary>What is told of one batch, or of all batches of a minute whose segment was removed.</summary>
/// <param name="First">The number of the first batch.</param>
/// <param name="Last">That of the last.</param>
/// <param name="CommittedAt">When it was committed, in Unix milliseconds; of a minute its beginning.</param>
/// <param name="Files">How far journal files were read.</param>
/// <param name="Outcomes">What became of the lines.</param>
internal sealed record BatchNote(long First, long Last, long CommittedAt, IReadOnlyList<JournalStretch> Files, IReadOnlyList<OutcomeCount> Outcomes)
{
    private const long MillisecondsPerMinute = 60_000;

    /// <summary>The minute of its commit, as the ledger has it.</summary>
    public long Minute => CommittedAt / MillisecondsPerMinute;

    public static BatchNote Of(BatchHeader header) => new(header.Batch, header.Batch, header.CommittedAt, header.Files, header.Outcomes);

    public static BatchNote Of(KeptMinute minute) =>
        new(minute.FirstBatch, minute.LastBatch, minute.Minute * MillisecondsPerMinute, minute.Files, minute.Outcomes);

    /// <summary>The same with more of what was told of the batch in another member.</summary>
    public BatchNote With(BatchHeader more) => this with { Files = [.. Files, .. more.Files], Outcomes = [.. Outcomes, .. more.Outcomes] };
}

/// <summary>A member with lines of a young segment.</summary>
/// <param name="Header">What it tells.</param>
/// <param name="CommittedAt">When its batch was committed, in Unix milliseconds.</param>
/// <param name="Segment">Its segment.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">How long it is.</param>
internal sealed record YoungMember(MemberHeader Header, long CommittedAt, long Segment, long Offset, int Length);
