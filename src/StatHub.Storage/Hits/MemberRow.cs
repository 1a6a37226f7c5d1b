namespace StatHub.Storage.Hits;

/// <summary>A member as the catalogue knows it.</summary>
/// <param name="First">Its earliest hit, in Unix milliseconds.</param>
/// <param name="Last">Its latest hit, in Unix milliseconds.</param>
/// <param name="Batch">The commit that wrote it; of a compacted member, the last one whose hits may be in it.</param>
/// <param name="Segment">The young segment it is in.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">Its length, in bytes.</param>
internal readonly record struct MemberRow(long First, long Last, long Batch, long Segment, long Offset, int Length)
{
    /// <summary>The name of the compacted file that it is in, below the folder of segments; null in a young segment.</summary>
    public string? Compacted { get; init; }

    /// <summary>Its place among the members of a compacted file.</summary>
    public int Number { get; init; }

    /// <summary>All its hits are of one key. In a compacted file only such members are in the order of time.</summary>
    public bool HasOneKey { get; init; }

    /// <summary>An older version wrote it, that did not sort hits of one millisecond by their keys.</summary>
    public bool IsUnsorted { get; init; }

    /// <summary>What to call its file.</summary>
    public string FileName => Compacted ?? $"{Segment:0000000000}";

    /// <summary>Its content is not what was written.</summary>
    public StoreException Damaged(string how) => new($"Segment {FileName} is damaged in the member at byte {Offset}: {how}");
}
