namespace StatHub.Storage.Hits;

/// <summary>A member as the catalogue knows it.</summary>
/// <param name="First">Its earliest hit, in Unix milliseconds.</param>
/// <param name="Last">Its latest hit, in Unix milliseconds.</param>
/// <param name="Batch">The commit that wrote it.</param>
/// <param name="Segment">The segment it is in.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">Its length, in bytes.</param>
internal readonly record struct MemberRow(long First, long Last, long Batch, long Segment, long Offset, int Length);
