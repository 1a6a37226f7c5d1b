using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Hits;
using StatHub.Core.Sketches;
using StatHub.Core.Time;

namespace StatHub.Core.Rollups;

/// <summary>What a batch adds to one key, or to a whole tenant.</summary>
public sealed class KeySums
{
    private readonly Dictionary<int, MinuteSums> _hours = [];
    private readonly Dictionary<int, DimensionSums> _days = [];
    private readonly Dictionary<int, HyperLogLog> _visitors = [];
    private MinuteSums? _lastHour;
    private HyperLogLog? _lastVisitors;
    private int _lastHourNumber;
    private DimensionSums? _lastDay;
    private int _lastDayNumber;

    /// <summary>Sums by hour since 1970.</summary>
    public IReadOnlyDictionary<int, MinuteSums> Hours => _hours;

    /// <summary>Sums by dimension and UTC day since 1970; not summed for a whole tenant.</summary>
    public IReadOnlyDictionary<int, DimensionSums> Days => _days;

    /// <summary>Visitors that are no bots, by hour since 1970; not summed for a whole tenant.</summary>
    public IReadOnlyDictionary<int, HyperLogLog> Visitors => _visitors;

    /// <summary>The earliest instant, in Unix milliseconds.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>The latest instant, in Unix milliseconds.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>How many hits.</summary>
    public long Hits { get; private set; }

    /// <summary>Adds one hit.</summary>
    public void Add(long unixMilliseconds, long millionths, HitDimensions labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var isBot = labels.Bot != BotReason.None;
        Day(UtcDay.OfMilliseconds(unixMilliseconds)).Add(labels, new Tally(1, isBot ? 1 : 0, new ValueSum(millionths)));
        var minute = unixMilliseconds / 60_000;
        var hour = (int)(minute / 60);
        if (_lastHour is null || _lastHourNumber != hour)
        {
            _lastHour = Hour(hour);
            _lastVisitors = _visitors.GetValueOrDefault(hour);
            _lastHourNumber = hour;
        }
        if (labels.Visitor is { } visitor && !isBot)
            (_lastVisitors ??= _visitors[hour] = new HyperLogLog()).Add(visitor);
        _lastHour.Add((int)(minute % 60), 1, isBot ? 1 : 0, millionths);
        Hits++;
        First = Math.Min(First, unixMilliseconds);
        Last = Math.Max(Last, unixMilliseconds);
    }

    /// <summary>Adds all of another key's sums.</summary>
    public void Add(KeySums other)
    {
        foreach (var (hour, sums) in other._hours)
            Hour(hour).Add(sums);
        Hits += other.Hits;
        First = Math.Min(First, other.First);
        Last = Math.Max(Last, other.Last);
    }

    private DimensionSums Day(int day)
    {
        if (_lastDay is not null && _lastDayNumber == day)
            return _lastDay;
        if (!_days.TryGetValue(day, out var sums))
            _days[day] = sums = new DimensionSums();
        (_lastDay, _lastDayNumber) = (sums, day);
        return sums;
    }

    private MinuteSums Hour(int hour)
    {
        if (!_hours.TryGetValue(hour, out var sums))
            _hours[hour] = sums = new MinuteSums();
        return sums;
    }
}
