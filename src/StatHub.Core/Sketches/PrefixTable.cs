namespace StatHub.Core.Sketches;

/// <summary>
/// The distinct prefixes of a small sketch, in an open-addressing table: prefixes are parts of a hash, so their lowest bits are
/// a good slot. With the most prefixes it takes as much memory as the registers that replace it.
/// </summary>
internal struct PrefixTable
{
    /// <summary>A sketch with more distinct prefixes has registers instead.</summary>
    public const int Most = 3072;

    private const int FirstSlots = 4;

    private uint[]? _slots;

    /// <summary>How many prefixes.</summary>
    public int Count { get; private set; }

    /// <summary>All slots; empty ones are 0.</summary>
    public readonly ReadOnlySpan<uint> Slots => _slots;

    /// <summary>Adds a prefix, or gives the one that is there the higher rank. False when there is no room for it.</summary>
    public bool TryAdd(uint entry)
    {
        _slots ??= new uint[FirstSlots];
        ref var slot = ref Find(_slots, entry);
        if (slot != 0)
        {
            slot = Math.Max(slot, entry);
            return true;
        }
        if (Count == Most)
            return false;
        slot = entry;
        Count++;
        // At most three quarters are taken, so that the searches are short and end.
        if (Count * 4 > _slots.Length * 3)
            Grow();
        return true;
    }

    /// <summary>Copies the prefixes in ascending order.</summary>
    /// <param name="target">As long as there are prefixes.</param>
    public readonly void CopySorted(Span<uint> target)
    {
        var length = 0;
        foreach (var entry in Slots)
        {
            if (entry != 0)
                target[length++] = entry;
        }
        target.Sort();
    }

    private void Grow()
    {
        var larger = new uint[_slots!.Length * 2];
        foreach (var entry in _slots)
        {
            if (entry != 0)
                Find(larger, entry) = entry;
        }
        _slots = larger;
    }

    private static ref uint Find(uint[] slots, uint entry)
    {
        var prefix = entry >> HashPrefix.RankBits;
        var at = prefix & (uint)(slots.Length - 1);
        while (slots[at] != 0 && slots[at] >> HashPrefix.RankBits != prefix)
            at = (at + 1) & (uint)(slots.Length - 1);
        return ref slots[at];
    }
}
