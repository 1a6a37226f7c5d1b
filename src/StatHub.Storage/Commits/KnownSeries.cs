using StatHub.Core.Text;

namespace StatHub.Storage.Commits;

/// <summary>
/// Series by tenant and key, as the ingest has met them. Their keys lie in a few large arrays and not in an object each: a collection of garbage
/// looks at every object that lasts, and here are a million.
/// </summary>
internal sealed class KnownSeries
{
    // A place is a number of 31 bits: more than the keys that are ever known.
    private const int BlockBits = 18;
    private const int BlockBytes = 1 << BlockBits;

    private readonly Keys _keys = new();
    private readonly Dictionary<Place, int> _numbers;
    private readonly Dictionary<Place, int>.AlternateLookup<Name> _byName;
    private Known[] _known = new Known[1024];

    public KnownSeries()
    {
        _numbers = new Dictionary<Place, int>(_keys);
        _byName = _numbers.GetAlternateLookup<Name>();
    }

    /// <summary>What is known of a series.</summary>
    /// <param name="Series">Its number.</param>
    /// <param name="Day">A day that it had a row of lately, <see cref="UnknownDay"/> or <see cref="NoDay"/>; one that is not known is tried as a new one first.</param>
    public record struct Known(long Series, int Day)
    {
        /// <summary>Which days it has is not known.</summary>
        public const int UnknownDay = -1;

        /// <summary>It has none.</summary>
        public const int NoDay = -2;
    }

    /// <summary>A series by what it is called.</summary>
    public readonly ref struct Name(long tenant, ReadOnlySpan<byte> key)
    {
        /// <summary>The tenant's number.</summary>
        public long Tenant { get; } = tenant;

        /// <summary>The bytes of the key; empty for the tenant as a whole.</summary>
        public ReadOnlySpan<byte> Key { get; } = key;
    }

    /// <summary>Where the bytes of a key are.</summary>
    private readonly record struct Place(long Tenant, int At, int Length);

    /// <summary>How many are known.</summary>
    public int Count { get; private set; }

    /// <summary>How many times all was forgotten: indexes of before are of nothing.</summary>
    public int Version { get; private set; }

    /// <summary>What is known of a series by its index; valid until another one is added.</summary>
    public ref Known this[int index] => ref _known[index];

    /// <summary>The index of a series, until all is forgotten; null where it is not known.</summary>
    public int? Find(Name name) => _byName.TryGetValue(name, out var index) ? index : null;

    /// <summary>Adds a series that is not known; its index.</summary>
    public int Add(Name name, Known known)
    {
        if (Count == _known.Length)
            Array.Resize(ref _known, 2 * Count);
        _known[Count] = known;
        _byName[name] = Count;
        return Count++;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _keys.Clear();
        Count = 0;
        Version++;
    }

    /// <summary>The bytes of all keys, one behind another; none is over the end of a block.</summary>
    private sealed class Keys : IEqualityComparer<Place>, IAlternateEqualityComparer<Name, Place>
    {
        private readonly List<byte[]> _blocks = [];
        private int _used = BlockBytes;

        public void Clear()
        {
            _blocks.Clear();
            _used = BlockBytes;
        }

        public Place Create(Name name)
        {
            // A tenant as a whole has an empty key: it needs a place and no room.
            if (_blocks.Count == 0 || BlockBytes - _used < name.Key.Length)
            {
                _blocks.Add(new byte[BlockBytes]);
                _used = 0;
            }
            var place = new Place(name.Tenant, ((_blocks.Count - 1) << BlockBits) | _used, name.Key.Length);
            name.Key.CopyTo(_blocks[^1].AsSpan(_used));
            _used += name.Key.Length;
            return place;
        }

        public bool Equals(Place x, Place y) => Equals(new Name(x.Tenant, Bytes(x)), y);

        public bool Equals(Name alternate, Place other) => alternate.Tenant == other.Tenant && alternate.Key.SequenceEqual(Bytes(other));

        public int GetHashCode(Place obj) => GetHashCode(new Name(obj.Tenant, Bytes(obj)));

        public int GetHashCode(Name alternate) => HashCode.Combine(alternate.Tenant, BytesComparer.Instance.GetHashCode(alternate.Key));

        private ReadOnlySpan<byte> Bytes(Place place) => place.Length == 0 ? [] : _blocks[place.At >> BlockBits].AsSpan(place.At & (BlockBytes - 1), place.Length);
    }
}
