using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Hits;
using StatHub.Core.Text;

namespace StatHub.Core.Rollups;

/// <summary>Exact sums of some hits by the values of their dimensions. It grows with the values, so it is kept for a while only.</summary>
public sealed class DimensionSums
{
    // Of more objects many say the same: referrers that differ in their queries.
    private const int MostObjects = 1_024;

    private readonly ValueSums?[] _values = new ValueSums?[(int)Dimension.Own];

    // Six of a hit's values come with two objects, which are found sooner than their bytes. They are taken apart when sums are added up or grow; reading changes
    // nothing, so that questions may read what is being written.
    private ObjectSums<Client> _clients;
    private ObjectSums<Referrer> _referrers;
    private Dictionary<byte[], ValueSums>? _own;
    private int _count;

    /// <summary>The sums of all hits.</summary>
    public Tally Total { get; private set; }

    /// <summary>How many values of all dimensions it holds; those that come with one object are one.</summary>
    public int Count => _count + _clients.Count + _referrers.Count;

    /// <summary>Each dimension that has values, with the name of an own one, and their sums.</summary>
    public IEnumerable<(Dimension Dimension, byte[] Own, IReadOnlyCollection<KeyValuePair<byte[], Tally>> Values)> All
    {
        get
        {
            for (var i = 0; i < _values.Length; i++)
            {
                if (Of((Dimension)i) is { Count: > 0 } values)
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
        AddObjects(hit.Client, hit.Referrer, sums);
        foreach (var value in hit)
        {
            if (!HitDimensions.ComesWithObject(value.Dimension))
                Add(Values(value.Dimension, value.Name), value.Value, sums);
        }
    }

    /// <summary>Adds one hit that was kept.</summary>
    internal void Add(in HitDimensions.Kept hit, ReadOnlySpan<HitDimensions.Entry> others, Tally sums)
    {
        AddObjects(hit.Client, hit.Referrer, sums);
        foreach (ref readonly var value in others)
            Add(Values(value.Dimension, value.Name.Span), value.Value.Span, sums);
    }

    /// <summary>Adds all of other sums.</summary>
    public void Add(DimensionSums other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Total += other.Total;
        TakeApart(other._clients, other._referrers);
        for (var i = 0; i < _values.Length; i++)
        {
            if (other._values[i] is { } values)
                Add(Values((Dimension)i, []), values);
        }
        foreach (var (own, values) in other._own ?? [])
            Add(Values(Dimension.Own, own), values);
    }

    /// <summary>Adds all hits of a key as a value of the dimension <see cref="Dimension.Key"/>.</summary>
    public void AddKey(ReadOnlySpan<byte> key, Tally sums) => Add(Values(Dimension.Key, []), key, sums);

    /// <summary>Adds to one value; not to what all hits sum up to.</summary>
    public void AddValue(Dimension dimension, ReadOnlySpan<byte> own, ReadOnlySpan<byte> value, Tally sums) => Add(Values(dimension, own), value, sums);

    /// <summary>The values of one dimension; none when there are none.</summary>
    public IReadOnlyCollection<KeyValuePair<byte[], Tally>> Find(Dimension dimension, ReadOnlySpan<byte> own)
    {
        if (dimension != Dimension.Own)
            return Of(dimension) ?? [];
        return _own is not null && _own.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(own, out var values) ? values : [];
    }

    private void AddObjects(Client client, Referrer? referrer, Tally sums)
    {
        Total += sums;
        if (!ReferenceEquals(client, Client.Unknown))
            _clients.Add(client, sums);
        if (referrer is not null)
            _referrers.Add(referrer, sums);
        if (_clients.Count + _referrers.Count > MostObjects)
            TakeApart();
    }

    /// <summary>The values of a dimension, those of objects among them.</summary>
    private ValueSums? Of(Dimension dimension)
    {
        var values = _values[(int)dimension];
        if (dimension is >= Dimension.Browser and <= Dimension.Device && _clients.First is not null)
            return With(values, _clients, client => Value(client, dimension));
        if (dimension is >= Dimension.Referrer and <= Dimension.Source && _referrers.First is not null)
            return With(values, _referrers, referrer => Value(referrer, dimension));
        return values;
    }

    private static ValueSums With<T>(ValueSums? values, in ObjectSums<T> objects, Func<T, ReadOnlyMemory<byte>> value)
        where T : class
    {
        var all = new ValueSums();
        if (values is not null)
            all.Add(values);
        if (objects.First is { } first)
            all.Add(value(first).Span, objects.FirstSums);
        foreach (var (other, sums) in objects.Others)
            all.Add(value(other).Span, sums);
        return all;
    }

    private static ReadOnlyMemory<byte> Value(Client client, Dimension dimension) => dimension switch
    {
        Dimension.Browser => client.Browser,
        Dimension.Os => client.Os,
        _ => client.Device.Text(),
    };

    private static ReadOnlyMemory<byte> Value(Referrer referrer, Dimension dimension) => dimension switch
    {
        Dimension.Referrer => referrer.Host,
        Dimension.ReferrerPath => referrer.Path,
        _ => referrer.Source,
    };

    private void TakeApart()
    {
        TakeApart(_clients, _referrers);
        (_clients, _referrers) = (default, default);
    }

    private void TakeApart(in ObjectSums<Client> clients, in ObjectSums<Referrer> referrers)
    {
        if (clients.First is { } client)
            TakeApart(client, clients.FirstSums);
        foreach (var (other, sums) in clients.Others)
            TakeApart(other, sums);
        if (referrers.First is { } referrer)
            TakeApart(referrer, referrers.FirstSums);
        foreach (var (other, sums) in referrers.Others)
            TakeApart(other, sums);
    }

    private void TakeApart(Client client, Tally sums)
    {
        for (var dimension = Dimension.Browser; dimension <= Dimension.Device; dimension++)
            Add(Values(dimension, []), Value(client, dimension).Span, sums);
    }

    private void TakeApart(Referrer referrer, Tally sums)
    {
        for (var dimension = Dimension.Referrer; dimension <= Dimension.Source; dimension++)
            Add(Values(dimension, []), Value(referrer, dimension).Span, sums);
    }

    private ValueSums Values(Dimension dimension, ReadOnlySpan<byte> own)
    {
        if (dimension != Dimension.Own)
            return _values[(int)dimension] ??= new ValueSums();
        var lookup = (_own ??= new Dictionary<byte[], ValueSums>(BytesComparer.Instance)).GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(own, out var values))
            lookup[own] = values = new ValueSums();
        return values;
    }

    private void Add(ValueSums target, ValueSums values) => _count += target.Add(values);

    private void Add(ValueSums values, ReadOnlySpan<byte> value, Tally sums) => _count += values.Add(value, sums) ? 1 : 0;
}
