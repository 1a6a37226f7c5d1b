using System.Runtime.InteropServices;
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
    private readonly Dictionary<Place, Known> _series;
    private readonly Dictionary<Place, Known>.AlternateLookup<Name> _byName;

    public KnownSeries()
    {
        _series = new Dictionary<Place, Known>(_keys);
        _byName = _series.GetAlternateLookup<Name>();
    }

    /// <summary>What is known of a series.</summary>
    /// <param name="Series">Its number; 0 before it is set.</param>
    /// <param name="Day">A day that it had a row of lately; one that is not known is tried as a new one first.</param>
    public record struct Known(long Series, int Day);

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
    public int Count => _series.Count;

    /// <summary>What is known of a series, to be set where it was not; valid until another one is looked for.</summary>
    public ref Known Find(Name name, out bool isKnown) => ref CollectionsMarshal.GetValueRefOrAddDefault(_byName, name, out isKnown);

    /// <summary>The number of a series; null where it is not known.</summary>
    public long? NumberOf(Name name) => _byName.TryGetValue(name, out var known) ? known.Series : null;

    /// <summary>Whether a series is known to have had a row of a day lately.</summary>
    public bool HasDay(Name name, int day) => _byName.TryGetValue(name, out var known) && known.Day == day;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _series.Clear();
        _keys.Clear();
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
