using StatHub.Core.Dimensions;
using StatHub.Core.Rollups;

namespace StatHub.Core.Journal;

/// <summary>
/// Hits of a tenant that are read and labelled and not summed yet. Reading lines is one thread's work and takes longest; sums are made
/// while it reads the next batch, those of several tenants side by side.
/// </summary>
internal sealed class UnsummedHits : IDisposable
{
    private readonly PooledList<Hit> _hits = new();
    private readonly PooledList<HitDimensions.Entry> _values = new();

    private readonly record struct Hit(KeySums Key, long UnixMilliseconds, long Millionths, HitDimensions.Kept Labels);

    /// <summary>Adds a hit of a key.</summary>
    public void Add(KeySums key, long unixMilliseconds, long millionths, HitDimensions labels) =>
        _hits.Add(new Hit(key, unixMilliseconds, millionths, labels.Keep(_values)));

    /// <summary>Adds all hits to their keys' sums; none is left.</summary>
    public void Sum()
    {
        var labels = new HitDimensions();
        var values = _values.Items;
        foreach (ref readonly var hit in _hits.Items)
        {
            labels.Restore(hit.Labels, values[..hit.Labels.Others]);
            values = values[hit.Labels.Others..];
            hit.Key.Add(hit.UnixMilliseconds, hit.Millionths, labels);
        }
        Dispose();
    }

    public void Dispose()
    {
        _hits.Dispose();
        _values.Dispose();
    }
}
