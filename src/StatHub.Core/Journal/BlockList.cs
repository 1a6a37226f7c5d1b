namespace StatHub.Core.Journal;

/// <summary>
/// A list that grows by rented blocks, for what a batch collects by the thousand and drops a second later: what is there already is not copied, and many owners may share one list.
/// </summary>
internal sealed class BlockList<T> : IDisposable
{
    /// <summary>The most items that lie side by side.</summary>
    public const int BlockItems = 1 << Bits;

    private const int Bits = 12;

    private readonly List<T[]> _blocks = [];
    private int _end;

    /// <summary>An item that was added.</summary>
    public ref T this[int index] => ref _blocks[index >> Bits][index & (BlockItems - 1)];

    /// <summary>Items that lie side by side.</summary>
    public ReadOnlySpan<T> Slice(int start, int count) => count == 0 ? [] : _blocks[start >> Bits].AsSpan(start & (BlockItems - 1), count);

    /// <summary>Adds an item; its index.</summary>
    public int Add(in T item)
    {
        if (_end >> Bits == _blocks.Count)
            _blocks.Add(BatchArrays<T>.Rent(BlockItems));
        this[_end] = item;
        return _end++;
    }

    /// <summary>Makes the next items lie side by side, up to so many; the index of the first.</summary>
    public int Begin(int most)
    {
        var left = BlockItems - (_end & (BlockItems - 1));
        if (left < most)
            _end += left;
        return _end;
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
            BatchArrays<T>.Return(block);
        _blocks.Clear();
        _end = 0;
    }
}
