using StatHub.Core.Alerts;
using StatHub.Core.Logs;

namespace StatHub.Core.Monitor;

/// <summary>
/// Looks at the lines of a log as they come: what they say, and whether they are too many. It has no clock.
/// <para>
/// Until it is live its clock is the newest line's own time, and nothing is told of what was exceeded then; so are logs of the past read. Once it is live, it
/// goes by the instants that it is given, whether or not a line comes. Not for several threads.
/// </para>
/// </summary>
public sealed class TrafficMonitor
{
    private static readonly TimeSpan RateSpan = TimeSpan.FromSeconds(5);

    private readonly MonitorSettings _settings;
    private TrafficWindow? _window;
    private List<AlertEvaluator> _evaluators = [];
    private long _now;
    private long _newest = long.MinValue;
    private long _future;
    private bool _isLive;

    /// <summary>Begins to look.</summary>
    /// <param name="settings">At what.</param>
    /// <param name="now">The clock.</param>
    /// <param name="isLive">Whether there is nothing to catch up with.</param>
    public TrafficMonitor(MonitorSettings settings, DateTimeOffset now, bool isLive)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _now) = (settings, now.ToUnixTimeMilliseconds());
        if (isLive)
            GoLive(now);
    }

    /// <summary>What came since the last interval ended.</summary>
    public TrafficStats Interval { get; private set; } = new();

    /// <summary>What is in the window.</summary>
    public AlertMeasure Window => _window?.Sums ?? default;

    /// <summary>Lines that were older than the window when they came.</summary>
    public long Late => _window?.Late ?? 0;

    /// <summary>Lines whose time was ahead of the clock when they came.</summary>
    public long Future => _future + (_window?.Future ?? 0);

    /// <summary>When the newest line was written, by its own time; lines of the future aside. Null before the first.</summary>
    public DateTimeOffset? Newest => _newest == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(_newest);

    /// <summary>Whether it has caught up.</summary>
    public bool IsLive => _isLive;

    /// <summary>Alerts that are not over.</summary>
    public IReadOnlyList<(AlertRule Rule, AlertStanding Standing)> Active =>
        [.. _evaluators.SelectMany(one => one.Standings.Where(standing => standing.State.IsActive()).Select(standing => (one.Rule, standing)))];

    /// <summary>Hits a second over the whole window, by which alerts go.</summary>
    public double WindowRate => Window.Hits / _settings.Window.TotalSeconds;

    /// <summary>Hits a second within the last five seconds, or within the last bucket that is over.</summary>
    public double RateNow
    {
        get
        {
            var buckets = HitsByBucket.SkipLast(1).TakeLast((int)Math.Max(1, RateSpan / _settings.Bucket)).ToList();
            return buckets.Count == 0 ? 0 : buckets.Sum() / (buckets.Count * _settings.Bucket.TotalSeconds);
        }
    }

    /// <summary>Hits of each bucket of the window, the oldest first.</summary>
    public IReadOnlyList<long> HitsByBucket => _window?.HitsByBucket() ?? [];

    /// <summary>Adds a line that was read.</summary>
    public void Add(in LogEntry entry)
    {
        Interval.Add(entry);
        if (!_isLive && !TryCatchUp(entry.UnixMilliseconds))
            return;
        var place = _window!.Add(entry.UnixMilliseconds, entry.Status is >= 500 and < 600, 0, entry.Client);
        if (place != EntryPlace.Future)
            _newest = Math.Max(_newest, entry.UnixMilliseconds);
    }

    /// <summary>Adds a line that could not be read.</summary>
    public void Add(LogReason reason) => Interval.Add(reason);

    /// <summary>It is that instant. To be told after lines were taken from the log and before they are added, so that none of them is of the future.</summary>
    public void Advance(DateTimeOffset now)
    {
        _now = now.ToUnixTimeMilliseconds();
        if (_isLive)
            _window!.Advance(now);
    }

    /// <summary>Says what changed: as of the clock when it is live, else as of the newest line.</summary>
    public IReadOnlyList<AlertTransition> Evaluate() =>
        Instant is { } instant ? [.. _evaluators.SelectMany(one => one.Evaluate(instant))] : [];

    /// <summary>What was behind is read: from now on the clock is the clock.</summary>
    public void GoLive(DateTimeOffset now)
    {
        Advance(now);
        _isLive = true;
        Begin(now);
        _window!.Advance(now);
    }

    /// <summary>Takes what came since the last interval ended, and begins another one.</summary>
    public TrafficStats TakeInterval()
    {
        var interval = Interval;
        Interval = new TrafficStats();
        return interval;
    }

    private DateTimeOffset? Instant => _isLive ? DateTimeOffset.FromUnixTimeMilliseconds(_now) : Newest;

    private bool TryCatchUp(long unixMilliseconds)
    {
        if (unixMilliseconds > _now)
        {
            _future++;
            return false;
        }
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
        Begin(instant);
        if (unixMilliseconds > _newest)
            _window!.Advance(instant);
        return true;
    }

    private void Begin(DateTimeOffset instant)
    {
        if (_window is not null)
            return;
        _window = new TrafficWindow(_settings.WindowSettings, instant);
        _evaluators = [.. _settings.Rules.Select(rule => new AlertEvaluator(rule, _window))];
    }
}
