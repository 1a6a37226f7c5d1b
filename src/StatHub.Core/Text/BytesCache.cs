namespace StatHub.Core.Text;

/// <summary>
/// Remembers what was made of some bytes, in bounded memory whatever is asked. It has two generations: when the young one
/// is full it becomes the old one, and the old one is forgotten; what is found in the old one moves to the young one. So
/// what is asked often stays, and a stream of texts that never come again costs two dictionary writes each. An instance
/// belongs to one thread.
/// </summary>
/// <param name="mostEntries">So many entries make a generation full.</param>
/// <param name="mostBytes">So many bytes of keys make a generation full.</param>
public sealed class BytesCache<TValue>(int mostEntries, int mostBytes = 1024 * 1024)
    where TValue : class
{
    private Dictionary<byte[], TValue>.AlternateLookup<ReadOnlySpan<byte>> _young = Generation();
    private Dictionary<byte[], TValue>.AlternateLookup<ReadOnlySpan<byte>> _old = Generation();
    private int _youngBytes;

    /// <summary>How many entries there are; one may be counted in both generations.</summary>
    public int Count => _young.Dictionary.Count + _old.Dictionary.Count;

    /// <summary>What was made of these bytes, or null.</summary>
    public TValue? Find(ReadOnlySpan<byte> key)
    {
        if (_young.TryGetValue(key, out var value))
            return value;
        if (!_old.TryGetValue(key, out var bytes, out value))
            return null;
        Keep(bytes, value);
        return value;
    }

    /// <summary>Remembers what was made of these bytes.</summary>
    public TValue Add(ReadOnlySpan<byte> key, TValue value)
    {
        Keep(key.ToArray(), value);
        return value;
    }

    private void Keep(byte[] key, TValue value)
    {
        if (_young.Dictionary.Count >= mostEntries || _youngBytes >= mostBytes)
        {
            (_old, _young) = (_young, _old);
            _young.Dictionary.Clear();
            _youngBytes = 0;
        }
        _young.Dictionary[key] = value;
        _youngBytes += key.Length;
    }

    private static Dictionary<byte[], TValue>.AlternateLookup<ReadOnlySpan<byte>> Generation() =>
        new Dictionary<byte[], TValue>(BytesComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
}
