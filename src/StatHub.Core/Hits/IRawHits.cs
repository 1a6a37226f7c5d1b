using StatHub.Core.Time;

namespace StatHub.Core.Hits;

/// <summary>The raw hits, as they are stored.</summary>
public interface IRawHits
{
    /// <summary>
    /// Opens the raw hits of a range in the order of their instants, hits of one millisecond in the order of their keys' bytes, those
    /// of one key in the order of their commit.
    /// The reader sees what was committed before this call; later commits and file changes do not disturb it.
    /// </summary>
    /// <param name="scope">A tenant or one key.</param>
    /// <param name="range">Whole minutes.</param>
    /// <param name="after">Continue behind this hit; null begins with the range.</param>
    IRawHitReader Open(HitScope scope, MinuteRange range, RawHitPosition? after);
}

/// <summary>One pass over raw hits. Not safe for several threads; memory does not grow with the range.</summary>
public interface IRawHitReader : IDisposable
{
    /// <summary>
    /// The next block of stored lines: each a JSON object, each ended by a newline. The block is valid, and may be
    /// written to, until the next call. Empty at the end.
    /// </summary>
    /// <param name="maxLines">At most so many lines, at least 1.</param>
    Memory<byte> Read(int maxLines);

    /// <summary>The position behind the last line that <see cref="Read"/> returned.</summary>
    RawHitPosition Position { get; }
}

/// <summary>
/// A place in the order of raw hits that a compaction does not move.
/// </summary>
/// <param name="UnixMilliseconds">The instant of the last hit that was read.</param>
/// <param name="Seen">How many hits of that millisecond were read, 1 or more.</param>
public readonly record struct RawHitPosition(long UnixMilliseconds, long Seen);
