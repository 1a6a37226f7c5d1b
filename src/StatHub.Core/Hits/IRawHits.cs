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
    /// <param name="after">
    /// Continue behind this place; null begins with the range. A hit that was committed since and lies before the place is not
    /// seen; every other hit is, and none twice. The place may come from a reader of another scope of the tenant.
    /// </param>
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
/// A place in the order of raw hits that neither a compaction nor a late hit moves.
/// </summary>
/// <param name="UnixMilliseconds">The instant of the last hit that was read.</param>
/// <param name="Key">The key of that hit.</param>
/// <param name="Seen">How many hits of that key in that millisecond were read, 1 or more.</param>
public readonly record struct RawHitPosition(long UnixMilliseconds, HitKey Key, long Seen)
{
    /// <summary>The place before all hits of a millisecond: that of no key, which sorts before every key, and no hit.</summary>
    public static RawHitPosition Before(long unixMilliseconds) => new(unixMilliseconds, default, 0);
}
