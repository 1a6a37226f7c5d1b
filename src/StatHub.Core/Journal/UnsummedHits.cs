using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Time;

namespace StatHub.Core.Journal;

/// <summary>
/// Hits of a tenant that are read and labelled and not summed yet. Reading lines is one thread's work and takes longest; sums are made
/// while it reads the next batch, those of several tenants side by side. What hits are labelled with is summed where it stays, when the batch
/// is committed: sums by dimension of one batch would hold nearly as much as its hits.
/// </summary>
internal sealed class UnsummedHits : IDisposable
{
    /// <summary>Follows the last hit of a key.</summary>
    public const int None = -1;

    private const long MillisecondsPerHour = 3_600_000;

    private readonly PooledList<Hit> _hits = new();
    private readonly PooledList<HitDimensions.Entry> _values = new();
    private int _summed;

    private record struct Hit(KeySums Key, long UnixMilliseconds, long Millionths, HitDimensions.Kept Labels, int FirstValue, int Next)
    {
        public int Hour => (int)(UnixMilliseconds / MillisecondsPerHour);
    }

    /// <summary>Adds a hit of a key.</summary>
    public void Add(KeySums key, long unixMilliseconds, long millionths, HitDimensions labels)
    {
        var firstValue = _values.Count;
        _hits.Add(new Hit(key, unixMilliseconds, millionths, labels.Keep(_values), firstValue, None));
    }

    /// <summary>Adds hits, instants and values of all hits to their keys' sums, and tells each key which hits are its.</summary>
    public void Sum()
    {
        var hits = _hits.Items;
        for (; _summed < hits.Length; _summed++)
        {
            ref readonly var hit = ref hits[_summed];
            var before = hit.Key.Add(hit.UnixMilliseconds, hit.Millionths, hit.Labels.IsBot, this, _summed);
            if (before != None)
                hits[before].Next = _summed;
        }
    }

    /// <summary>A hit with what it is labelled with.</summary>
    public LabelledHit this[int number]
    {
        get
        {
            ref readonly var hit = ref _hits.Items[number];
            return new LabelledHit(hit.Hour, hit.Millionths, hit.Labels, _values.Items.Slice(hit.FirstValue, hit.Labels.Others));
        }
    }

    /// <summary>Adds what a key's hits are labelled with.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="target">To what it is added.</param>
    public void AddLabelsTo(int first, ILabelSums target)
    {
        var hits = _hits.Items;
        for (var at = first; at != None; at = hits[at].Next)
        {
            ref readonly var hit = ref hits[at];
            var labels = hit.Labels;
            var sums = new Tally(1, labels.IsBot ? 1 : 0, new ValueSum(hit.Millionths));
            target.Day(UtcDay.OfMilliseconds(hit.UnixMilliseconds)).Add(labels, _values.Items.Slice(hit.FirstValue, labels.Others), sums);
            if (labels.Visitor is { } visitor && !labels.IsBot)
                target.AddVisitor(hit.Hour, visitor);
        }
    }

    public void Dispose()
    {
        _hits.Dispose();
        _values.Dispose();
        _summed = 0;
    }
}
