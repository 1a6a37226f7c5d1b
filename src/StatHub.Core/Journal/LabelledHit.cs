using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Hits;

namespace StatHub.Core.Journal;

/// <summary>A hit of a batch with what it is labelled with, as long as the batch is there.</summary>
public readonly ref struct LabelledHit
{
    private const int FromReferrer = 3;
    private const int FromClient = 3;

    private readonly HitDimensions.Kept _labels;
    private readonly ReadOnlySpan<HitDimensions.Entry> _others;
    private readonly int _fromObjects;

    internal LabelledHit(int hour, long millionths, HitDimensions.Kept labels, ReadOnlySpan<HitDimensions.Entry> others)
    {
        Hour = hour;
        _labels = labels;
        _others = others;
        Sums = new Tally(1, labels.IsBot ? 1 : 0, new ValueSum(millionths));
        _fromObjects = (labels.Referrer is null ? 0 : FromReferrer) + (labels.SaysClient ? FromClient : 0);
    }

    /// <summary>Its hour since 1970.</summary>
    public int Hour { get; }

    /// <summary>What it adds to each of its values.</summary>
    public Tally Sums { get; }

    /// <summary>Who caused it; null where that is a bot, not known, or not to be known.</summary>
    public ulong? Visitor => _labels.IsBot ? null : _labels.Visitor;

    /// <summary>How many values it has.</summary>
    public int Count => _fromObjects + _others.Length;

    /// <summary>A value; no two are of the same dimension and name.</summary>
    public DimensionValue this[int index] => index < _fromObjects ? FromObject(index) : Other(index - _fromObjects);

    private DimensionValue FromObject(int index)
    {
        if (_labels.Referrer is { } referrer)
        {
            switch (index)
            {
                case 0: return new DimensionValue(Dimension.Referrer, [], referrer.Host.Span);
                case 1: return new DimensionValue(Dimension.ReferrerPath, [], referrer.Path.Span);
                case 2: return new DimensionValue(Dimension.Source, [], referrer.Source.Span);
            }
            index -= FromReferrer;
        }
        var client = _labels.Client;
        return index switch
        {
            0 => new DimensionValue(Dimension.Browser, [], client.Browser.Span),
            1 => new DimensionValue(Dimension.Os, [], client.Os.Span),
            _ => new DimensionValue(Dimension.Device, [], client.Device.Text().Span),
        };
    }

    private DimensionValue Other(int index)
    {
        ref readonly var entry = ref _others[index];
        return new DimensionValue(entry.Dimension, entry.Name.Span, entry.Value.Span);
    }
}
