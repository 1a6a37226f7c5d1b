using StatHub.Core.Dimensions;
using StatHub.Core.Events;
using StatHub.Core.Journal;
using StatHub.Core.Rollups;
using StatHub.Core.Text;

namespace StatHub.Storage.Verification;

/// <summary>Sums stored lines by key again, as if they were counted now.</summary>
/// <param name="dimensions">Finds their dimensions.</param>
/// <param name="keepsEvents">Whether the names of events are wanted.</param>
internal sealed class StoredSums(DimensionReader dimensions, bool keepsEvents = false)
{
    private readonly List<ChosenEvent> _events = [];
    private readonly StoredHitReader _hits = new(dimensions);
    private readonly Dictionary<byte[], KeySums> _keys = new(BytesComparer.Instance);

    /// <summary>Sums by the bytes of the key.</summary>
    public IReadOnlyDictionary<byte[], KeySums> Keys => _keys;

    /// <summary>Events that clients gave a name, where they are wanted.</summary>
    public IReadOnlyList<ChosenEvent> Events => _events;

    /// <summary>How many lines were added.</summary>
    public long Lines { get; private set; }

    /// <summary>Adds a stored line without its newline; false for what is none.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        if (_hits.Read(line, out var hit) != RejectReason.None)
            return false;
        Add(hit, _hits.Dimensions(line));
        return true;
    }

    /// <summary>Adds a hit.</summary>
    public void Add(in ParsedHit hit, HitDimensions labels)
    {
        var lookup = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(hit.Key, out var sums))
            lookup[hit.Key] = sums = new KeySums();
        sums.Add(hit.UnixMilliseconds, hit.Millionths, labels);
        if (keepsEvents && !hit.ChosenId.IsEmpty)
            _events.Add(new ChosenEvent(EventId.Hash(hit.ChosenId), hit.UnixMilliseconds));
        Lines++;
    }
}
