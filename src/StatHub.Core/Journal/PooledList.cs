namespace StatHub.Core.Journal;

/// <summary>A list that grows in rented arrays, for what a batch collects by the thousand and drops a second later.</summary>
internal sealed class PooledList<T> : IDisposable
{
    private const int First = 8;

    // With thousands of tenants most have fewer than this. Beyond it the upper bound is soon there, and each step copies what is there already.
    private const int Small = 64;
    private const int Quick = 4096;

    private T[] _items = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them; valid until the next is added.</summary>
    public Span<T> Items => _items.AsSpan(0, Count);

    public void Add(in T item)
    {
        if (Count == _items.Length)
            Grow();
        _items[Count++] = item;
    }

    public void Dispose()
    {
        if (_items.Length > 0)
            BatchArrays<T>.Return(_items);
        _items = [];
        Count = 0;
    }

    private void Grow()
    {
        var larger = BatchArrays<T>.Rent(Math.Max(First, Count is >= Small and < Quick ? Count * 4 : Count * 2));
        Items.CopyTo(larger);
        var count = Count;
        Dispose();
        (_items, Count) = (larger, count);
    }
}
