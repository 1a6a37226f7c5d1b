using System.Collections.Concurrent;

namespace StatHub.Server.Metrics;

/// <summary>How often a route answered with a status, and how long that took.</summary>
internal sealed class RouteMeter
{
    /// <summary>Upper bounds in seconds, after which comes +Inf.</summary>
    public static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private long _ticks;

    public void Add(TimeSpan duration)
    {
        var bucket = 0;
        while (bucket < Bounds.Length && duration.TotalSeconds > Bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _buckets[bucket]);
        Interlocked.Add(ref _ticks, duration.Ticks);
    }

    /// <summary>The number of answers up to each bound, cumulated as Prometheus wants it.</summary>
    public long[] Cumulated()
    {
        var sum = 0L;
        return [.. _buckets.Select((_, i) => sum += Interlocked.Read(ref _buckets[i]))];
    }

    public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;
}

/// <summary>The meters of all routes. Routes are templates, so their number does not grow with requests.</summary>
internal sealed class RouteMeters
{
    private readonly ConcurrentDictionary<(string Method, string Route, int Status), RouteMeter> _meters = new();

    public IEnumerable<KeyValuePair<(string Method, string Route, int Status), RouteMeter>> All =>
        _meters.OrderBy(meter => meter.Key.Route, StringComparer.Ordinal).ThenBy(meter => meter.Key.Method, StringComparer.Ordinal).ThenBy(meter => meter.Key.Status);

    public void Add(string method, string route, int status, TimeSpan duration) =>
        _meters.GetOrAdd((method, route, status), static _ => new RouteMeter()).Add(duration);
}
