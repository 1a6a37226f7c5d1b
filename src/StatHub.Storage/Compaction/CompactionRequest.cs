using StatHub.Core.Tenants;

namespace StatHub.Storage.Compaction;

/// <summary>What is to be compacted, and how fast.</summary>
public sealed record CompactionRequest
{
    /// <summary>Only days of this tenant.</summary>
    public TenantId? Tenant { get; init; }

    /// <summary>A day is compacted when it ended so long ago.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromHours(2);

    /// <summary>A compacted day that got late hits is compacted again so long after the last time.</summary>
    public TimeSpan AgainAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether sums that wait in memory are written before: else what was counted in the last minute is left for the next time.</summary>
    public bool WritesWaiting { get; init; }

    /// <summary>Lines are read and written at no more than so many bytes a second, uncompressed; 0 is as fast as it goes.</summary>
    public long MostBytesPerSecond { get; init; }

    /// <summary>So many bytes of lines are sorted in memory, 48 MiB where there is enough of it; a longer day is sorted in parts.</summary>
    public int SortBytes { get; init; } = UsualSortBytes;

    internal static int UsualSortBytes => AvailableMemory.Part(16, 4 * 1024 * 1024, 48 * 1024 * 1024);
}

/// <summary>What a compaction did.</summary>
/// <param name="Days">How many days of tenants are in new files.</param>
/// <param name="Lines">The lines in them.</param>
/// <param name="BytesBefore">What they took before, in bytes.</param>
/// <param name="BytesAfter">What they take now.</param>
/// <param name="SegmentsRemoved">How many young segments are gone.</param>
/// <param name="Problems">Days and young segments that were left as they are, and why.</param>
public sealed record CompactionResult(int Days, long Lines, long BytesBefore, long BytesAfter, int SegmentsRemoved, IReadOnlyList<string> Problems);

/// <summary>How far a compaction is.</summary>
/// <param name="Tenant">Whose day is compacted.</param>
/// <param name="Day">The day.</param>
/// <param name="DaysDone">Days of tenants that are done.</param>
/// <param name="DaysTotal">Days of tenants in all.</param>
public sealed record CompactionProgress(TenantId Tenant, DateOnly Day, int DaysDone, int DaysTotal);
