using StatHub.Core.Alerts;
using StatHub.Core.Monitor;

namespace StatHub.Cli.Monitor;

/// <summary>Reads logs, and shows what the monitor makes of them.</summary>
internal sealed class MonitorRun
{
    private const int MostHistory = 1000;

    // Long enough to cost nothing, short enough that nobody waits.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Alerts are over by the clock.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(0.5);

    private readonly MonitorSettings _settings;
    private readonly TimeProvider _time;
    private readonly TrafficMonitor _monitor;
    private readonly IReadOnlyList<MonitoredLog> _logs;
    private readonly TimeSpan _interval;
    private readonly List<AlertTransition> _history = [];
    private readonly TrafficStats _total = new();
    private readonly long _begun;
    private long _intervalBegun;
    private long _looked;
    private TimeSpan _lastLength;
    private TrafficStats? _last;

    /// <summary>Begins.</summary>
    /// <param name="settings">What is looked at.</param>
    /// <param name="interval">How often stats are shown.</param>
    /// <param name="isLive">Whether logs are read from their ends on.</param>
    /// <param name="logs">Makes the logs, which give their lines to the monitor.</param>
    /// <param name="time">The clock.</param>
    public MonitorRun(MonitorSettings settings, TimeSpan interval, bool isLive, Func<TrafficMonitor, IReadOnlyList<MonitoredLog>> logs, TimeProvider time)
    {
        (_settings, _interval, _time) = (settings, interval, time);
        _monitor = new TrafficMonitor(settings, time.GetUtcNow(), isLive);
        _logs = logs(_monitor);
        _begun = _intervalBegun = time.GetTimestamp();
    }

    /// <summary>The logs.</summary>
    public IReadOnlyList<MonitoredLog> Logs => _logs;

    /// <summary>Reads everything that is there, and shows it once; whether something alerts.</summary>
    public async Task<bool> OnceAsync(IMonitorOutput output, CancellationToken cancellationToken)
    {
        foreach (var log in _logs)
        {
            while (log.Read() || !(log.Input.IsOver || log.Input is FollowedLog))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await WaitForAsync(log).WaitAsync(cancellationToken);
            }
        }
        var transitions = _monitor.Evaluate();
        _history.AddRange(transitions.Where(transition => transition.IsTriggered));
        EndInterval();
        await output.ReportAsync(State());
        return _monitor.Active.Count > 0;
    }

    /// <summary>Follows the logs until they are over or somebody ends it.</summary>
    public async Task FollowAsync(IMonitorOutput output, Action onTick, CancellationToken cancellationToken)
    {
        while (true)
        {
            onTick();
            var isMore = Read(out var isNew);
            await LookAsync(output, isMore, isNew);
            if (_time.GetElapsedTime(_intervalBegun) >= _interval)
            {
                EndInterval();
                await output.ReportAsync(State());
            }
            if (!output.Refresh(_time.GetUtcNow(), State))
                return;
            if (_logs.All(log => log.Input.IsOver))
                break;
            if (!isMore)
                await Task.Delay(Pause, _time, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }
        EndInterval();
        await output.ReportAsync(State());
    }

    /// <summary>Reads each log for a moment.</summary>
    /// <param name="isNew">Whether anything was there.</param>
    /// <returns>Whether more may be.</returns>
    private bool Read(out bool isNew)
    {
        var begun = _time.GetTimestamp();
        var isMore = true;
        isNew = false;
        while (isMore && _time.GetElapsedTime(begun) < Pause)
        {
            isMore = false;
            foreach (var log in _logs)
                isMore |= log.Read();
            isNew |= isMore;
        }
        return isMore;
    }

    private async Task LookAsync(IMonitorOutput output, bool isMore, bool isNew)
    {
        var now = _time.GetUtcNow();
        if (!_monitor.IsLive)
        {
            if (isMore)
                return;
            _monitor.GoLive(now);
        }
        // Nothing changes within a moment in which nothing came.
        if (!isNew && _time.GetElapsedTime(_looked) < LookAgain)
            return;
        _looked = _time.GetTimestamp();
        _monitor.Advance(now);
        foreach (var transition in _monitor.Evaluate().Where(one => one.IsTriggered || one.IsRecovered))
        {
            if (_history.Count == MostHistory)
                _history.RemoveAt(0);
            _history.Add(transition);
            await output.TellAsync(transition, State());
        }
    }

    private void EndInterval()
    {
        _last = _monitor.TakeInterval();
        _total.Add(_last);
        _lastLength = _time.GetElapsedTime(_intervalBegun);
        _intervalBegun = _time.GetTimestamp();
    }

    private MonitorState State() => new()
    {
        Settings = _settings,
        Zone = _time.LocalTimeZone,
        Now = _time.GetUtcNow(),
        Logs = [.. _logs.Select(Describe)],
        IsLive = _monitor.IsLive,
        // Until the first interval is over there is nothing better to show than what came so far.
        Interval = _last ?? _monitor.Interval,
        IntervalLength = _last is null ? _time.GetElapsedTime(_intervalBegun) : _lastLength,
        Total = _last is null ? _monitor.Interval : _total,
        TotalLength = _time.GetElapsedTime(_begun),
        Window = _monitor.Window,
        HitsByBucket = _monitor.HitsByBucket,
        RateNow = _monitor.RateNow,
        WindowRate = _monitor.WindowRate,
        Late = _monitor.Late,
        Future = _monitor.Future,
        Behind = Behind,
        Lag = Behind > 0 && _monitor.Newest is { } newest && _time.GetUtcNow() is var now && now > newest ? now - newest : TimeSpan.Zero,
        Active = _monitor.Active,
        History = _history,
    };

    private long Behind => _logs.Sum(log => log.Input.Behind ?? 0);

    private static string Describe(MonitoredLog log) => (log.Input.Remark, log.IsUnrecognised) switch
    {
        (var remark, true) => $"{log.Input.Name} (format not recognised{(remark is null ? "" : ", " + remark)})",
        ({ } remark, _) => $"{log.Input.Name} ({remark})",
        _ => log.Input.Name,
    };

    private static Task WaitForAsync(MonitoredLog log) => log.Input is StreamedLog stream ? stream.WaitAsync() : Task.CompletedTask;
}
