using StatHub.Core.Hits;

namespace StatHub.Storage.Hits;

/// <summary>Stored lines in their order, one of those that a reader merges.</summary>
internal abstract class HitSource : IDisposable
{
    /// <summary>The order of sources by their next lines: by instant, key, commit.</summary>
    public static readonly IComparer<HitSource> ByNext = Comparer<HitSource>.Create(Compare);

    private int _keyAt;

    /// <summary>The instant of the next line; <see cref="long.MaxValue"/> when there is none.</summary>
    public long Next { get; protected set; } = long.MinValue;

    /// <summary>The key of the next line, as it is spelled there.</summary>
    public ReadOnlySpan<byte> Key
    {
        get
        {
            var line = Line;
            try
            {
                if (_keyAt == 0)
                    _keyAt = StoredHit.KeyAt(line);
                return StoredHit.EscapedKey(line, _keyAt);
            }
            catch (InvalidDataException exception)
            {
                throw Damaged(exception.Message);
            }
        }
    }

    /// <summary>Of two sources with hits of one instant and key, that with the lower one has the earlier hits.</summary>
    protected abstract (long Batch, int Number) Age { get; }

    /// <summary>The line whose instant is <see cref="Next"/>.</summary>
    protected abstract ReadOnlySpan<byte> Line { get; }

    /// <summary>Finds the next line that is wanted, so that <see cref="Next"/> is known.</summary>
    public abstract void Advance();

    /// <summary>Takes the next line, and finds the one after it; 0 when it does not fit.</summary>
    public abstract int TakeLine(Span<byte> target);

    /// <summary>Passes over the next line, and finds the one after it.</summary>
    public abstract void SkipLine();

    /// <summary>
    /// All whole lines at hand, when every one of them is wanted and earlier than <paramref name="before"/>; else empty.
    /// The block is valid until the next call, and <see cref="Advance"/> is to be called then.
    /// </summary>
    public abstract Memory<byte> TakeBlock(long before);

    /// <summary>Says where it is that something is wrong.</summary>
    public abstract StoreException Damaged(string how);

    public abstract void Dispose();

    private static int Compare(HitSource? left, HitSource? right)
    {
        var order = left!.Next.CompareTo(right!.Next);
        if (order == 0 && left.Next != long.MaxValue)
            order = StoredKey.Compare(left.Key, right.Key);
        return order != 0 ? order : left.Age.CompareTo(right.Age);
    }
}
