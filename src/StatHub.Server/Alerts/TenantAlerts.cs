using StatHub.Core.Alerts;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Alerts;
using StatHub.Storage.Commits;

namespace StatHub.Server.Alerts;

/// <summary>The rules of one tenant and what they look at. Belongs to one thread at a time.</summary>
internal sealed class TenantAlerts : IDisposable
{
    private const int LinesARead = 10_000;
    private const int MostClients = 1000;

    private readonly Dictionary<TimeSpan, TrafficWindow> _windows;
    private readonly IReadOnlyList<TrafficWindow> _all;
    private readonly List<AlertEvaluator> _evaluators;
    private readonly Dictionary<(string Rule, string Client), AlertStanding> _saved;
    private readonly FollowedHitReader _reader = new();
    private FollowedHits? _follower;

    /// <summary>Begins with what is stored; nothing is in the windows yet.</summary>
    public TenantAlerts(TenantId tenant, AlertDocument document, IReadOnlyList<(string Rule, AlertStanding Standing)> standings, DateTimeOffset instant)
    {
        (Tenant, Document) = (tenant, document);
        _windows = document.Rules.GroupBy(rule => rule.Window).ToDictionary(
            group => group.Key, group => new TrafficWindow(Settings(group.Key, group.Any(rule => rule.Metric == AlertMetric.ClientRate)), instant, instant - group.Key));
        _all = [.. _windows.Values];
        _evaluators = [.. document.Rules.Select(rule => new AlertEvaluator(rule, _windows[rule.Window], standings.Where(one => one.Rule == rule.Name).Select(one => one.Standing)))];
        _saved = standings.ToDictionary(one => (one.Rule, one.Standing.Client), one => WithoutMeasure(one.Standing));
    }

    /// <summary>How far behind the clock the journal may be: hits up to then wait in their buckets, and nothing is said while it is more.</summary>
    public static TimeSpan MostLag { get; } = TimeSpan.FromMinutes(1);

    public TenantId Tenant { get; }

    public AlertDocument Document { get; }

    public IReadOnlyList<AlertEvaluator> Evaluators => _evaluators;

    /// <summary>Whether hits are missing, so that all has to begin anew.</summary>
    public bool IsLost => _follower is { IsLost: true };

    /// <summary>Fills the windows with what is committed, and follows what is committed from then on.</summary>
    /// <param name="store">Has the hits.</param>
    /// <param name="instant">Says how far the journal is read by now.</param>
    /// <param name="stop">Ends it early.</param>
    public void Fill(Storage.Store store, Func<DateTimeOffset> instant, CancellationToken stop)
    {
        var from = instant() - _windows.Keys.Max();
        var (before, after) = store.Follow(Tenant, new MinuteRange(Math.Max(0, MinuteRange.MinuteOf(from)), MinuteRange.Unbounded));
        _follower = after;
        using (before)
        {
            for (var lines = before.Read(LinesARead); !lines.IsEmpty && !IsLost; lines = before.Read(LinesARead))
            {
                stop.ThrowIfCancellationRequested();
                _reader.Add(lines.Span, _all);
                // It may take long, and what is committed meanwhile must not wait.
                Advance(instant());
            }
        }
    }

    /// <summary>Goes to an instant without looking at the rules.</summary>
    public void Advance(DateTimeOffset instant)
    {
        // Before what is waiting is added: it may be beyond what was ahead until now.
        foreach (var window in _all)
            window.Advance(instant);
        while (_follower!.TryTake(out var lines))
            _reader.Add(lines.Span, _all);
    }

    /// <summary>Looks at the rules, and says what changed; null when nothing is to be kept.</summary>
    public AlertChanges? Evaluate(DateTimeOffset instant, WebhookText text)
    {
        Advance(instant);
        var (transitions, notifications) = (new List<AlertTransition>(), new List<NotificationBody>());
        foreach (var evaluator in _evaluators)
        {
            transitions.AddRange(evaluator.Evaluate(instant));
            notifications.AddRange(text.OfRepeats(Tenant, evaluator.Rule, evaluator.TakeRepeats(instant)));
        }
        notifications.InsertRange(0, text.OfTransitions(Tenant, transitions));
        var now = _evaluators.SelectMany(evaluator => evaluator.Standings.Select(standing => (Rule: evaluator.Rule.Name, Standing: standing))).ToList();
        var kept = now.Where(one => !_saved.TryGetValue((one.Rule, one.Standing.Client), out var saved) || saved != WithoutMeasure(one.Standing)).ToList();
        var gone = _saved.Keys.Except(now.Select(one => (one.Rule, one.Standing.Client))).ToList();
        return kept.Count + gone.Count + transitions.Count == 0 ? null : new AlertChanges(Document.Revision, kept, gone, transitions, notifications);
    }

    /// <summary>What changed is stored.</summary>
    public void Saved(AlertChanges changes)
    {
        foreach (var gone in changes.Gone)
            _saved.Remove(gone);
        foreach (var (rule, standing) in changes.Kept)
            _saved[(rule, standing.Client)] = WithoutMeasure(standing);
    }

    public void Dispose() => _follower?.Dispose();

    private static TrafficWindowSettings Settings(TimeSpan window, bool hasClients) =>
        new() { Window = window, Ahead = MostLag, MostClients = hasClients ? MostClients : 0 };

    private static AlertStanding WithoutMeasure(AlertStanding standing) => standing with { Measure = default };
}
