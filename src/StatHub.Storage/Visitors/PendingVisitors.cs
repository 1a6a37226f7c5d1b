using StatHub.Core.Sketches;

namespace StatHub.Storage.Visitors;

/// <summary>Visitors by series and hour that are not in the database yet, those of a tenant as a whole besides those of its keys.</summary>
internal sealed class PendingVisitors
{
    // Nearly all have few hours, and those come nearly in order.
    private readonly Dictionary<long, SortedList<int, HyperLogLog>> _series = [];

    /// <summary>About how much memory the sketches take, in bytes.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Everything, by series.</summary>
    public IReadOnlyDictionary<long, SortedList<int, HyperLogLog>> Series => _series;

    /// <summary>The sketch of a series and hour, to be added to here.</summary>
    public HyperLogLog Of(long series, int hour)
    {
        if (!_series.TryGetValue(series, out var hours))
            _series[series] = hours = [];
        if (!hours.TryGetValue(hour, out var known))
            hours[hour] = known = new HyperLogLog();
        return known;
    }

    public void Add(HyperLogLog sketch, ulong visitor)
    {
        var before = sketch.MemoryBytes;
        sketch.Add(visitor);
        MemoryBytes += sketch.MemoryBytes - before;
    }

    public void Add(HyperLogLog sketch, HyperLogLog visitors)
    {
        var before = sketch.MemoryBytes;
        sketch.Add(visitors);
        MemoryBytes += sketch.MemoryBytes - before;
    }

    /// <summary>Those of a series and day, by hour.</summary>
    public IEnumerable<KeyValuePair<int, HyperLogLog>> HoursOf(long series, int day) =>
        _series.TryGetValue(series, out var hours) ? hours.Where(hour => hour.Key / 24 == day) : [];

    /// <summary>Adds a series' visitors from one hour to before another to what is given.</summary>
    public void AddTo(SortedDictionary<int, HyperLogLog> target, long series, long from, long to)
    {
        foreach (var (hour, visitors) in _series.GetValueOrDefault(series) ?? [])
        {
            if (hour < from || hour >= to)
                continue;
            if (!target.TryGetValue(hour, out var known))
                target[hour] = known = new HyperLogLog();
            known.Add(visitors);
        }
    }
}
