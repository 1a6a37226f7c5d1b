using StatHub.Core.Alerts;

namespace StatHub.Tests.Alerts;

/// <summary>A rule that is followed step by step over a window that is a list.</summary>
internal sealed class AlertModel(AlertRule rule, TrafficModel window)
{
    private readonly SortedDictionary<string, State> _states = new(StringComparer.Ordinal);
    private DateTimeOffset? _last;

    private sealed class State
    {
        public AlertState Value { get; set; }

        public DateTimeOffset Since { get; set; }

        public DateTimeOffset? From { get; set; }
    }

    /// <summary>Another process goes on: when it looked last is not known.</summary>
    public void Restart() => _last = null;

    public List<(string Client, AlertState Before, AlertState After, long Hits, TimeSpan? Duration)> Evaluate(DateTimeOffset now)
    {
        window.Advance(now);
        var isOther = _last is { } last && (now < last || now - last > TimeSpan.FromSeconds(12));
        _last = now;
        foreach (var state in _states.Values.Where(state => isOther && state.From is not null))
            state.From = now;
        var told = new List<(string, AlertState, AlertState, long, TimeSpan?)>();
        foreach (var client in Clients())
        {
            var isNew = !_states.TryGetValue(client, out var state);
            state ??= _states[client] = new State { Since = now };
            var hits = Measure(client).Hits;
            var (before, since) = (state.Value, state.Since);
            Follow(state, IsExceeded(client, before), now);
            if (state.Value != before)
            {
                state.Since = now;
                told.Add((client, before, state.Value, hits, isNew ? null : now > since ? now - since : TimeSpan.Zero));
            }
            if (state.Value == AlertState.Ok && client.Length > 0)
                _states.Remove(client);
        }
        return told;
    }

    private List<string> Clients() => rule.Metric != AlertMetric.ClientRate ? [""] :
    [
        .. _states.Keys,
        .. window.Clients().Where(client => (decimal)client.Hits > rule.Threshold * 10 && !_states.ContainsKey(client.Client)).Select(client => client.Client),
    ];

    private AlertMeasure Measure(string client) => window.Measure(rule.Metric == AlertMetric.ClientRate ? client : null);

    private bool? IsExceeded(string client, AlertState state)
    {
        var measure = Measure(client);
        var what = rule.Metric switch
        {
            AlertMetric.Rate or AlertMetric.ClientRate => measure.Hits / 10m,
            AlertMetric.ErrorRate => measure.Hits == 0 ? 0 : (decimal)measure.Errors / measure.Hits,
            AlertMetric.Value => (decimal)measure.Value.Millionths / 1_000_000,
            _ => 0,
        };
        if (rule.Metric == AlertMetric.NoData || rule.Comparison == AlertComparison.Below)
        {
            var isAbsent = rule.Metric == AlertMetric.NoData ? measure.Hits == 0 : what < rule.Threshold;
            if (isAbsent)
                return window.IsWatched ? true : null;
            return rule.Metric != AlertMetric.Value || state == AlertState.Ok || window.IsWhole ? false : null;
        }
        if (what > rule.Threshold)
            return true;
        return state == AlertState.Ok || window.IsWhole ? false : null;
    }

    private void Follow(State state, bool? isExceeded, DateTimeOffset now)
    {
        var active = rule.Metric == AlertMetric.NoData ? AlertState.NoData : AlertState.Firing;
        if (state.Value == AlertState.Ok && isExceeded == true)
        {
            state.Value = rule.For > TimeSpan.Zero ? AlertState.Pending : active;
            state.From = rule.For > TimeSpan.Zero ? now : null;
        }
        else if (state.Value == AlertState.Pending)
        {
            if (isExceeded is null)
                state.From = now;
            else if (isExceeded == false || now - state.From >= rule.For)
                (state.Value, state.From) = (isExceeded == false ? AlertState.Ok : active, null);
        }
        else if (state.Value == active)
        {
            if (isExceeded != false)
                state.From = null;
            else if (now - (state.From ??= now) >= rule.KeepFiringFor)
                (state.Value, state.From) = (AlertState.Ok, null);
        }
    }
}
