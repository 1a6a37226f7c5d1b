using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Time;

namespace StatHub.Core.Journal;

/// <summary>
/// Hits of a batch that are read and labelled and not summed yet. Reading lines is one thread's work and takes longest; sums are made
/// while it reads the next batch, those of several tenants side by side. What hits are labelled with is summed where it stays, when the batch
/// is committed: sums by dimension of one batch would hold nearly as much as its hits.
/// </summary>
internal sealed class UnsummedHits : IDisposable
{
    /// <summary>Follows the last hit of a key.</summary>
    public const int None = -1;

    private const long MillisecondsPerHour = 3_600_000;

    private readonly BlockList<Hit> _hits = new();
    private readonly BlockList<HitDimensions.Entry> _values = new();

    private record struct Hit(KeySums Key, long UnixMilliseconds, long Millionths, HitDimensions.Kept Labels, int FirstValue, int NextOfKey, int NextOfTenant)
    {
        public readonly int Hour => (int)(UnixMilliseconds / MillisecondsPerHour);
    }

    /// <summary>Which hits are of a tenant and not summed yet.</summary>
    public struct OfTenant()
    {
        private int _first = None;
        private int _last = None;

        /// <summary>Adds a hit of a key.</summary>
        public void Add(UnsummedHits hits, KeySums key, long unixMilliseconds, long millionths, HitDimensions labels)
        {
            var number = hits.Add(key, unixMilliseconds, millionths, labels);
            if (_first == None)
                _first = number;
            else
                hits._hits[_last].NextOfTenant = number;
            _last = number;
        }

        /// <summary>Adds hits, instants and values of all hits to their keys' sums, and tells each key which hits are its. Those of several tenants may be summed at a time.</summary>
        public void Sum(UnsummedHits hits)
        {
            for (var number = _first; number != None; number = hits._hits[number].NextOfTenant)
                hits.Sum(number);
            _first = None;
        }
    }

    /// <summary>A hit with what it is labelled with.</summary>
    public LabelledHit this[int number]
    {
        get
        {
            ref readonly var hit = ref _hits[number];
            return new LabelledHit(hit.Hour, hit.Millionths, hit.Labels, _values.Slice(hit.FirstValue, hit.Labels.Others));
        }
    }

    /// <summary>Adds what a key's hits are labelled with.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="target">To what it is added.</param>
    public void AddLabelsTo(int first, ILabelSums target)
    {
        for (var at = first; at != None; at = _hits[at].NextOfKey)
        {
            ref readonly var hit = ref _hits[at];
            var labels = hit.Labels;
            var sums = new Tally(1, labels.IsBot ? 1 : 0, new ValueSum(hit.Millionths));
            target.Day(UtcDay.OfMilliseconds(hit.UnixMilliseconds)).Add(labels, _values.Slice(hit.FirstValue, labels.Others), sums);
            if (labels.Visitor is { } visitor && !labels.IsBot)
                target.AddVisitor(hit.Hour, visitor);
        }
    }

    public void Dispose()
    {
        _hits.Dispose();
        _values.Dispose();
    }

    private int Add(KeySums key, long unixMilliseconds, long millionths, HitDimensions labels)
    {
        var firstValue = _values.Begin(HitDimensions.MaxCount);
        return _hits.Add(new Hit(key, unixMilliseconds, millionths, labels.Keep(_values), firstValue, None, None));
    }

    private void Sum(int number)
    {
        ref readonly var hit = ref _hits[number];
        var before = hit.Key.Add(hit.UnixMilliseconds, hit.Millionths, hit.Labels.IsBot, this, number);
        if (before != None)
            _hits[before].NextOfKey = number;
    }
}
