using StatHub.Storage.Tenants;

namespace StatHub.Storage.Commits;

/// <summary>Series by tenant and key, as the ingest has met them.</summary>
internal sealed class KnownSeries
{
    private readonly KeyPlaces _keys = new();
    private readonly Dictionary<KeyPlace, int> _numbers;
    private readonly Dictionary<KeyPlace, int>.AlternateLookup<KeyName> _byName;
    private Known[] _known = new Known[1024];

    public KnownSeries()
    {
        _numbers = new Dictionary<KeyPlace, int>(_keys);
        _byName = _numbers.GetAlternateLookup<KeyName>();
    }

    /// <summary>What is known of a series.</summary>
    /// <param name="Series">Its number.</param>
    /// <param name="Day">A day that it had a row of lately, <see cref="UnknownDay"/> or <see cref="NoDay"/>; one that is not known is tried as a new one first.</param>
    /// <param name="HasHours">Whether the hours of that day had rows lately; otherwise they are looked for in its own row first.</param>
    public record struct Known(long Series, int Day, bool HasHours = false)
    {
        /// <summary>Which days it has is not known.</summary>
        public const int UnknownDay = -1;

        /// <summary>It has none.</summary>
        public const int NoDay = -2;
    }

    /// <summary>How many are known.</summary>
    public int Count { get; private set; }

    /// <summary>How many times all was forgotten: indexes of before are of nothing.</summary>
    public int Version { get; private set; }

    /// <summary>What is known of a series by its index; valid until another one is added.</summary>
    public ref Known this[int index] => ref _known[index];

    /// <summary>The index of a series, until all is forgotten; null where it is not known.</summary>
    public int? Find(KeyName name) => _byName.TryGetValue(name, out var index) ? index : null;

    /// <summary>Adds a series that is not known; its index.</summary>
    public int Add(KeyName name, Known known)
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
}
