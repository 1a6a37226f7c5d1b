using System.Runtime.InteropServices;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Text;

namespace StatHub.Core.Rollups;

/// <summary>Exact sums of some hits by the values of their dimensions. It grows with the values, so it is kept for a while only.</summary>
public sealed class DimensionSums
{
    private readonly Dictionary<byte[], Tally>?[] _values = new Dictionary<byte[], Tally>?[(int)Dimension.Own];
    private Dictionary<byte[], Dictionary<byte[], Tally>>? _own;

    /// <summary>The sums of all hits.</summary>
    public Tally Total { get; private set; }

    /// <summary>How many values of all dimensions it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Each dimension that has values, with the name of an own one, and their sums.</summary>
    public IEnumerable<(Dimension Dimension, byte[] Own, IReadOnlyDictionary<byte[], Tally> Values)> All
    {
        get
        {
            for (var i = 0; i < _values.Length; i++)
            {
                if (_values[i] is { } values)
                    yield return ((Dimension)i, [], values);
            }
            foreach (var (own, values) in _own ?? [])
                yield return (Dimension.Own, own, values);
        }
    }

    /// <summary>Adds one hit.</summary>
    public void Add(HitDimensions hit, Tally sums)
    {
        ArgumentNullException.ThrowIfNull(hit);
        Total += sums;
        foreach (var value in hit)
            Add(Values(value.Dimension, value.Name), value.Value, sums);
    }

    /// <summary>Adds all of other sums.</summary>
    public void Add(DimensionSums other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Total += other.Total;
        foreach (var (dimension, own, values) in other.All)
        {
            var target = Values(dimension, own);
            foreach (var (value, sums) in values)
                Add(target, value, sums);
        }
    }

    /// <summary>Adds all hits of a key as a value of the dimension <see cref="Dimension.Key"/>.</summary>
    public void AddKey(ReadOnlySpan<byte> key, Tally sums) => Add(Values(Dimension.Key, []), key, sums);

    /// <summary>The values of one dimension; null when there are none.</summary>
    public IReadOnlyDictionary<byte[], Tally>? Find(Dimension dimension, ReadOnlySpan<byte> own)
    {
        if (dimension != Dimension.Own)
            return _values[(int)dimension];
        return _own is not null && _own.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(own, out var values) ? values : null;
    }

    private Dictionary<byte[], Tally> Values(Dimension dimension, ReadOnlySpan<byte> own)
    {
        if (dimension != Dimension.Own)
            return _values[(int)dimension] ??= new Dictionary<byte[], Tally>(BytesComparer.Instance);
        var lookup = (_own ??= new Dictionary<byte[], Dictionary<byte[], Tally>>(BytesComparer.Instance)).GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(own, out var values))
            lookup[own] = values = new Dictionary<byte[], Tally>(BytesComparer.Instance);
        return values;
    }

    private void Add(Dictionary<byte[], Tally> values, ReadOnlySpan<byte> value, Tally sums)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(values.GetAlternateLookup<ReadOnlySpan<byte>>(), value, out var exists);
        known += sums;
        Count += exists ? 0 : 1;
    }
}
