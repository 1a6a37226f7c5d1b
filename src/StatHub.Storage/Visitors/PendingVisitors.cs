using StatHub.Core.Sketches;

namespace StatHub.Storage.Visitors;

/// <summary>Visitors by series and hour that are not in the database yet, those of a tenant as a whole besides those of its keys.</summary>
internal sealed class PendingVisitors
{
    private readonly Dictionary<long, SortedDictionary<int, HyperLogLog>> _series = [];

    /// <summary>About how much memory the sketches take, in bytes.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Everything, by series.</summary>
    public IReadOnlyDictionary<long, SortedDictionary<int, HyperLogLog>> Series => _series;

    public void Add(long series, int hour, HyperLogLog visitors)
    {
        if (!_series.TryGetValue(series, out var hours))
            _series[series] = hours = [];
        if (!hours.TryGetValue(hour, out var known))
            hours[hour] = known = new HyperLogLog();
        var before = known.MemoryBytes;
        known.Add(visitors);
        MemoryBytes += known.MemoryBytes - before;
    }

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
