using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Sketches;
using StatHub.Core.Time;

namespace StatHub.Core.Rollups;

/// <summary>What a batch adds to one key, or to a whole tenant.</summary>
public sealed class KeySums : ILabelSums
{
    private const long MillisecondsPerHour = 3_600_000;

    private HourSums? _hours;
    private Dictionary<int, DimensionSums>? _days;
    private Dictionary<int, HyperLogLog>? _visitors;
    private MinuteSums? _lastHour;
    private int _lastHourNumber;

    // Hits of which only instants and values are summed; what they are labelled with is still there.
    private UnsummedHits? _labelled;
    private int _firstLabelled = UnsummedHits.None;
    private int _lastLabelled = UnsummedHits.None;

    /// <summary>Sums by hour since 1970.</summary>
    public HourSums Hours => _hours ??= new HourSums();

    /// <summary>The sums of all hits.</summary>
    public Tally Total
    {
        get
        {
            var total = default(Tally);
            foreach (var (_, minutes) in Hours)
                total += minutes.Total();
            return total;
        }
    }

    /// <summary>Sums by dimension and UTC day since 1970; not summed for a whole tenant.</summary>
    public IReadOnlyDictionary<int, DimensionSums> Days
    {
        get
        {
            SumLabels();
            return _days ??= [];
        }
    }

    /// <summary>Visitors that are no bots, by hour since 1970; not summed for a whole tenant.</summary>
    public IReadOnlyDictionary<int, HyperLogLog> Visitors
    {
        get
        {
            SumLabels();
            return _visitors ??= [];
        }
    }

    /// <summary>The earliest instant, in Unix milliseconds.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>The latest instant, in Unix milliseconds.</summary>
    public long Last { get; private set; } = long.MinValue;

    /// <summary>How many hits.</summary>
    public long Hits { get; private set; }

    /// <summary>The UTC day since 1970 of all hits; null where they are of several, or there are none.</summary>
    public int? OnlyDay => Hits > 0 && UtcDay.OfMilliseconds(First) == UtcDay.OfMilliseconds(Last) ? UtcDay.OfMilliseconds(First) : null;

    /// <summary>Its only hit, while that is not summed by what it is labelled with; false where that is done, or there are several.</summary>
    public bool TryFindOnlyHit(out LabelledHit hit)
    {
        hit = default;
        if (_labelled is null || _firstLabelled != _lastLabelled || _days is not null)
            return false;
        hit = _labelled[_firstLabelled];
        return true;
    }

    /// <summary>Adds one hit.</summary>
    public void Add(long unixMilliseconds, long millionths, HitDimensions labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var isBot = labels.Bot != BotReason.None;
        Add(unixMilliseconds, millionths, isBot);
        Day(UtcDay.OfMilliseconds(unixMilliseconds)).Add(labels, new Tally(1, isBot ? 1 : 0, new ValueSum(millionths)));
        if (labels.Visitor is { } visitor && !isBot)
            AddVisitor((int)(unixMilliseconds / MillisecondsPerHour), visitor);
    }

    /// <summary>Adds a hit whose labels are summed when somebody asks for them, or where they are added to in the end.</summary>
    /// <param name="unixMilliseconds">Its instant.</param>
    /// <param name="millionths">Its value.</param>
    /// <param name="isBot">Whether it is a bot's.</param>
    /// <param name="labelled">What has its labels.</param>
    /// <param name="number">Its number there.</param>
    /// <returns>The number of this key's hit before it, which has to remember it; or <see cref="UnsummedHits.None"/>.</returns>
    internal int Add(long unixMilliseconds, long millionths, bool isBot, UnsummedHits labelled, int number)
    {
        Add(unixMilliseconds, millionths, isBot);
        var before = _lastLabelled;
        if (before == UnsummedHits.None)
            (_labelled, _firstLabelled) = (labelled, number);
        _lastLabelled = number;
        return before;
    }

    /// <summary>Adds sums by dimension and visitors to those of somebody else. It is done once, while the batch is there.</summary>
    public void AddLabelsTo(ILabelSums target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _labelled?.AddLabelsTo(_firstLabelled, target);
        if (_days is not null)
        {
            foreach (var (day, sums) in _days)
                target.Day(day).Add(sums);
        }
        if (_visitors is not null)
        {
            foreach (var (hour, visitors) in _visitors)
                target.AddVisitors(hour, visitors);
        }
    }

    /// <summary>Adds all of another key's sums.</summary>
    public void Add(KeySums other)
    {
        foreach (var (hour, sums) in other.Hours)
            Hours.Of(hour).Add(sums);
        Hits += other.Hits;
        First = Math.Min(First, other.First);
        Last = Math.Max(Last, other.Last);
    }

    DimensionSums ILabelSums.Day(int day) => Day(day);

    void ILabelSums.AddVisitor(int hour, ulong visitor) => AddVisitor(hour, visitor);

    void ILabelSums.AddVisitors(int hour, HyperLogLog visitors) => VisitorsOf(hour).Add(visitors);

    private void Add(long unixMilliseconds, long millionths, bool isBot)
    {
        var minute = unixMilliseconds / 60_000;
        var hour = (int)(minute / 60);
        if (_lastHour is null || _lastHourNumber != hour)
            (_lastHour, _lastHourNumber) = (Hours.Of(hour), hour);
        _lastHour.Add((int)(minute % 60), 1, isBot ? 1 : 0, millionths);
        Hits++;
        First = Math.Min(First, unixMilliseconds);
        Last = Math.Max(Last, unixMilliseconds);
    }

    private void SumLabels()
    {
        var labelled = _labelled;
        (_labelled, _lastLabelled) = (null, UnsummedHits.None);
        labelled?.AddLabelsTo(_firstLabelled, this);
    }

    private DimensionSums Day(int day)
    {
        _days ??= [];
        if (!_days.TryGetValue(day, out var sums))
            _days[day] = sums = new DimensionSums();
        return sums;
    }

    private void AddVisitor(int hour, ulong visitor) => VisitorsOf(hour).Add(visitor);

    private HyperLogLog VisitorsOf(int hour)
    {
        _visitors ??= [];
        if (!_visitors.TryGetValue(hour, out var visitors))
            _visitors[hour] = visitors = new HyperLogLog();
        return visitors;
    }
}
