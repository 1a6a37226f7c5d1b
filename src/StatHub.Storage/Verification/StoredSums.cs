using StatHub.Core.Dimensions;
using StatHub.Core.Journal;
using StatHub.Core.Rollups;
using StatHub.Core.Text;

namespace StatHub.Storage.Verification;

/// <summary>Sums stored lines by key again, as if they were counted now.</summary>
internal sealed class StoredSums
{
    private readonly DimensionReader _dimensions;
    private readonly JournalFileName _file;
    private readonly HitParser _parser = new(stored: true);
    private readonly Dictionary<byte[], KeySums> _keys = new(BytesComparer.Instance);

    public StoredSums(DimensionReader dimensions)
    {
        _dimensions = dimensions;
        _ = JournalFileName.TryParse(JournalFileName.Live, out _file);
    }

    /// <summary>Sums by the bytes of the key.</summary>
    public IReadOnlyDictionary<byte[], KeySums> Keys => _keys;

    /// <summary>How many lines were added.</summary>
    public long Lines { get; private set; }

    /// <summary>Forgets all sums.</summary>
    public void Clear()
    {
        _keys.Clear();
        Lines = 0;
    }

    /// <summary>Adds a stored line without its newline; false for what is none.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        if (_parser.Read(line, _file, long.MaxValue / 2, out var hit) != RejectReason.None)
            return false;
        var lookup = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(hit.Key, out var sums))
            lookup[hit.Key] = sums = new KeySums();
        sums.Add(hit.UnixMilliseconds, hit.Millionths, _dimensions.ReadStored(line, _parser.Line));
        Lines++;
        return true;
    }
}
