namespace StatHub.Storage.Hits;

/// <summary>Hits that a reader opens when their time has come: those of a member, or of several that are merged in passes.</summary>
/// <param name="First">The earliest hit, in Unix milliseconds.</param>
/// <param name="Member">The member.</param>
/// <param name="Scattered">Instead of it, members of a compacted file whose keys are too many to be read side by side.</param>
internal readonly record struct DueHits(long First, MemberRow Member, IReadOnlyList<MemberRow>? Scattered = null)
{
    public static DueHits Of(MemberRow member) => new(member.First, member);

    public static DueHits Of(IReadOnlyList<MemberRow> scattered) => new(scattered.Min(member => member.First), default, scattered);
}
