using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Rollups;
using StatHub.Core.Sketches;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Storage.Visitors;

namespace StatHub.Storage.Rollups;

/// <summary>
/// Sums by dimension and visitors of committed batches that are not in the database yet. Writing them with each commit would cost more than all else,
/// and they can be made again from the segments: the database says which batch was the last that it has them of. The ingest
/// changes them; questions see them beside what the database has.
/// </summary>
internal sealed class PendingRollups
{
    /// <summary>About what a value of a dimension takes. Visitors are counted in values, too, so that one number bounds both.</summary>
    public const int BytesPerValue = 150;

    private readonly Lock _gate = new();
    private Generation _young = new(0);
    private Generation? _writing;

    /// <summary>How many values wait.</summary>
    public int Count => _young.Count + (_writing?.Count ?? 0);

    /// <summary>How many hits they are of.</summary>
    public long Hits => _young.Hits + (_writing?.Hits ?? 0);

    /// <summary>The last batch that was added.</summary>
    public long LastBatch
    {
        get
        {
            lock (_gate)
                return _young.Batch;
        }
    }

    /// <summary>Sums of a series and day.</summary>
    /// <param name="TenantSeries">The tenant as a whole, where they are to be added there, or are of it; else null.</param>
    /// <param name="Key">The key; null where they are of the tenant only, with the dimension <see cref="Dimension.Key"/>.</param>
    /// <param name="Sums">What waits.</param>
    internal sealed record Entry(long? TenantSeries, byte[]? Key, DimensionSums Sums)
    {
        /// <summary>How many of its values are in the count of its generation.</summary>
        public int Counted { get; set; }
    }

    /// <summary>Sums and visitors up to a batch.</summary>
    internal sealed class Generation(long batch)
    {
        private readonly Dictionary<(long Series, int Day), Entry> _days = [];
        private TenantLabels? _tenant;
        private int _values;

        public long Batch { get; set; } = batch;

        // Each entry is one of the tenant's by key, also where its hits say nothing else.
        public int Count => _days.Count + _values + (int)((Visitors.MemoryBytes + BytesPerValue - 1) / BytesPerValue);

        public long Hits { get; private set; }

        public PendingVisitors Visitors { get; } = new();

        public IReadOnlyDictionary<(long Series, int Day), Entry> Days => _days;

        public void Add(KeySeries key)
        {
            Hits += key.Sums.Hits;
            if (key.WaitsFor == WaitsFor.Tenant)
            {
                AddToTenant(key);
                return;
            }
            var labels = new KeyLabels(this, key);
            key.Sums.AddLabelsTo(labels);
            labels.End();
        }

        /// <summary>Sums of a key and day, to be added to and then <see cref="Added"/>.</summary>
        public Entry Day(KeySeries key, int day) => Day(key.Series, day, key.WaitsFor == WaitsFor.Key ? null : key.TenantSeries, key.Key);

        /// <summary>Sums of a tenant as a whole and day, of whose keys nothing else waits; likewise.</summary>
        public Entry Day(long tenantSeries, int day) => Day(tenantSeries, day, tenantSeries, null);

        /// <summary>Notes what was added.</summary>
        public void Added(Entry entry)
        {
            _values += entry.Sums.Count - entry.Counted;
            entry.Counted = entry.Sums.Count;
        }

        /// <summary>What the key has is in its rows already, so that all keys of a tenant share an entry.</summary>
        private void AddToTenant(KeySeries key)
        {
            if (_tenant is null || !_tenant.IsOf(key.TenantSeries))
                _tenant = new TenantLabels(this, key.TenantSeries);
            _tenant.Add(key.Key, key.Sums);
        }

        private Entry Day(long series, int day, long? tenantSeries, byte[]? key)
        {
            if (!_days.TryGetValue((series, day), out var entry))
                _days[(series, day)] = entry = new Entry(tenantSeries, key, new DimensionSums());
            return entry;
        }
    }

    /// <summary>What waits for one series, dimension and range.</summary>
    /// <param name="Batch">The last batch that it is of: a database that has this one has these sums.</param>
    /// <param name="Sums">Day, value, sums.</param>
    internal sealed record Part(long Batch, IReadOnlyList<(int Day, byte[] Value, Tally Sums)> Sums);

    /// <summary>Begins anew behind a batch that the database has.</summary>
    public void Clear(long batch)
    {
        lock (_gate)
            (_young, _writing) = (new Generation(batch), null);
    }

    /// <summary>Adds what a batch has.</summary>
    public void Add(long batch, IEnumerable<KeySeries> keys)
    {
        lock (_gate)
        {
            foreach (var key in keys)
                _young.Add(key);
            _young.Batch = batch;
        }
    }

    /// <summary>What is to be written next, the same again until it is done; null when nothing waits.</summary>
    public Generation? BeginWriting()
    {
        lock (_gate)
        {
            if (_writing is null && _young.Count > 0)
                (_writing, _young) = (_young, new Generation(_young.Batch));
            return _writing;
        }
    }

    /// <summary>What was to be written is in the database.</summary>
    public void Written()
    {
        lock (_gate)
            _writing = null;
    }

    /// <summary>What waits now. Ask before the database is asked, so that nothing is missed between the two.</summary>
    public IReadOnlyList<Generation> Now()
    {
        lock (_gate)
            return _writing is null ? [_young] : [_writing, _young];
    }

    /// <summary>The visitors of a series that wait and that the database does not have, by hour.</summary>
    /// <param name="waiting">What waited before the database was asked.</param>
    /// <param name="series">The series.</param>
    /// <param name="hours">From an hour to before another.</param>
    /// <param name="written">The last batch that the database has visitors of; asked only if something waits.</param>
    public SortedDictionary<int, HyperLogLog>? FindVisitors(IReadOnlyList<Generation> waiting, long series, (long From, long To) hours, Func<long> written)
    {
        SortedDictionary<int, HyperLogLog>? found = null;
        lock (_gate)
        {
            foreach (var part in waiting)
            {
                if (part.Visitors.Series.ContainsKey(series) && part.Batch > written())
                    part.Visitors.AddTo(found ??= [], series, hours.From, hours.To);
            }
        }
        return found;
    }

    /// <summary>What waits for a series, the older part first. Ask before the database is asked: what it has by then is to be left out.</summary>
    public IReadOnlyList<Part> Find(long series, DimensionName dimension, DayRange range)
    {
        var own = Encoding.UTF8.GetBytes(dimension.Own);
        lock (_gate)
            return [.. new[] { _writing, _young }.OfType<Generation>().Select(part => new Part(part.Batch, Find(part, series, dimension.Dimension, own, range)))];
    }

    private static List<(int Day, byte[] Value, Tally Sums)> Find(Generation part, long series, Dimension dimension, byte[] own, DayRange range)
    {
        var found = new List<(int, byte[], Tally)>();
        foreach (var ((keySeries, day), entry) in part.Days)
        {
            if (day < range.From || day >= range.To || (keySeries != series && entry.TenantSeries != series))
                continue;
            if (dimension == Dimension.Key && entry.Key is { } key && keySeries != series)
                found.Add((day, key, entry.Sums.Total));
            foreach (var (value, sums) in entry.Sums.Find(dimension, own))
                found.Add((day, value, sums));
        }
        return found;
    }
}
