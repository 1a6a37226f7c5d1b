using StatHub.Core.Text;

namespace StatHub.Storage.Tenants;

/// <summary>A key of a tenant.</summary>
/// <param name="tenant">The tenant's number.</param>
/// <param name="key">The bytes of the key; empty for the tenant as a whole.</param>
internal readonly ref struct KeyName(long tenant, ReadOnlySpan<byte> key)
{
    /// <summary>The tenant's number.</summary>
    public long Tenant { get; } = tenant;

    /// <summary>The bytes of the key.</summary>
    public ReadOnlySpan<byte> Key { get; } = key;
}

/// <summary>Where the bytes of a key are.</summary>
internal readonly record struct KeyPlace(long Tenant, int At, int Length);

/// <summary>
/// The bytes of a set's keys, one behind another in a few large arrays, and not in an object each: a collection of garbage looks at every object that lasts, and with many keys
/// these are a million. It lets the set be asked with names. No key goes but with all others.
/// </summary>
internal sealed class KeyPlaces : IEqualityComparer<KeyPlace>, IAlternateEqualityComparer<KeyName, KeyPlace>
{
    // A place is a number of 31 bits: more than the keys that are ever known.
    private const int BlockBits = 18;
    private const int BlockBytes = 1 << BlockBits;

    private readonly List<byte[]> _blocks = [];
    private int _used = BlockBytes;

    /// <summary>Forgets all; the set must be empty.</summary>
    public void Clear()
    {
        _blocks.Clear();
        _used = BlockBytes;
    }

    /// <summary>Keeps the bytes of a key that is added.</summary>
    public KeyPlace Create(KeyName alternate)
    {
        // A tenant as a whole has an empty key: it needs a place and no room.
        if (_blocks.Count == 0 || BlockBytes - _used < alternate.Key.Length)
        {
            _blocks.Add(new byte[BlockBytes]);
            _used = 0;
        }
        var place = new KeyPlace(alternate.Tenant, ((_blocks.Count - 1) << BlockBits) | _used, alternate.Key.Length);
        alternate.Key.CopyTo(_blocks[^1].AsSpan(_used));
        _used += alternate.Key.Length;
        return place;
    }

    public bool Equals(KeyPlace x, KeyPlace y) => Equals(new KeyName(x.Tenant, Bytes(x)), y);

    public bool Equals(KeyName alternate, KeyPlace other) => alternate.Tenant == other.Tenant && alternate.Key.SequenceEqual(Bytes(other));

    public int GetHashCode(KeyPlace obj) => GetHashCode(new KeyName(obj.Tenant, Bytes(obj)));

    public int GetHashCode(KeyName alternate) => HashCode.Combine(alternate.Tenant, BytesComparer.Instance.GetHashCode(alternate.Key));

    private ReadOnlySpan<byte> Bytes(KeyPlace place) => place.Length == 0 ? [] : _blocks[place.At >> BlockBits].AsSpan(place.At & (BlockBytes - 1), place.Length);
}
