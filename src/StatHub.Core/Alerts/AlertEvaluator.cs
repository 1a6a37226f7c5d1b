namespace StatHub.Core.Alerts;

/// <summary>
/// Says when a rule changes its state. It has no clock, and looks only when it is asked to: an alert begins and ends with the instant that it is given, whether or not
/// anything comes. What it knows can be taken out and given to another one, which goes on without telling anything again.
/// <para>
/// What a window has is never more than there was. So what is above a threshold is, always; but that something is over it says only when the
/// window is whole, and what is below or not there only when somebody looked all the time.
/// </para>
/// </summary>
public sealed class AlertEvaluator
{
    /// <summary>How many clients of a rule may have a state. Of more those with the most hits have one.</summary>
    public const int MostClients = 1000;

    private readonly TrafficWindow _window;
    private readonly Dictionary<string, AlertStanding> _standings;
    private DateTimeOffset? _last;

    /// <summary>Begins to look.</summary>
    /// <param name="rule">The rule; it has no mistake.</param>
    /// <param name="window">As long as the rule's; several rules may share one. It tells clients apart when the rule is about them.</param>
    /// <param name="standings">What another one knew of this rule.</param>
    public AlertEvaluator(AlertRule rule, TrafficWindow window, IEnumerable<AlertStanding>? standings = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(window);
        if (window.Settings.Window != rule.Window)
            throw new ArgumentException("The window is not as long as the rule's.", nameof(window));
        if (IsOfClients(rule) && window.Settings.MostClients == 0)
            throw new ArgumentException("The window does not tell clients apart.", nameof(window));
        (Rule, _window) = (rule, window);
        _standings = (standings ?? []).ToDictionary(standing => standing.Client, StringComparer.Ordinal);
    }

    /// <summary>The rule.</summary>
    public AlertRule Rule { get; }

    /// <summary>Its states; of a rule about clients those that are not ok.</summary>
    public IReadOnlyList<AlertStanding> Standings => [.. _standings.Values.OrderBy(standing => standing.Client, StringComparer.Ordinal)];

    /// <summary>The state of the rule as a whole: that of the client with which it stands worst.</summary>
    public AlertState State => _standings.Values.Select(standing => standing.State).DefaultIfEmpty().Max();

    /// <summary>How many clients exceeded it at the last look that have no state, since there are too many.</summary>
    public int Unnamed { get; private set; }

    /// <summary>Goes to an instant, and says what changed.</summary>
    public IReadOnlyList<AlertTransition> Evaluate(DateTimeOffset instant)
    {
        _window.Advance(instant);
        if (_last is { } last && (instant < last || instant - last > _window.Settings.LongestPause))
            CountAgain(instant);
        _last = instant;
        var transitions = new List<AlertTransition>();
        foreach (var (client, measure) in Subjects())
        {
            if (Look(client, measure, instant) is { } transition)
                transitions.Add(transition);
        }
        return transitions;
    }

    /// <summary>What is active and was told the last time so long ago that it is due again; it counts as told.</summary>
    public IReadOnlyList<AlertStanding> TakeRepeats(DateTimeOffset instant)
    {
        if (Rule.RepeatInterval == TimeSpan.Zero)
            return [];
        var due = Standings.Where(standing => standing.State.IsActive() && instant - standing.NotifiedAt >= Rule.RepeatInterval)
            .Select(standing => standing with { NotifiedAt = instant }).ToList();
        foreach (var standing in due)
            _standings[standing.Client] = standing;
        return due;
    }

    /// <summary>The rule is no more: whatever was not ok is over.</summary>
    public IReadOnlyList<AlertTransition> End(DateTimeOffset instant)
    {
        var over = Standings.Where(standing => standing.State != AlertState.Ok).Select(standing => Change(standing, AlertState.Ok, instant)).ToList();
        _standings.Clear();
        return over;
    }

    private static bool IsOfClients(AlertRule rule) => rule.Metric == AlertMetric.ClientRate;

    /// <summary>What has a state, or exceeds the threshold, and what the window has of it.</summary>
    private List<(string Client, AlertMeasure Measure)> Subjects()
    {
        if (!IsOfClients(Rule))
            return [("", _window.Sums)];
        var offenders = _window.Clients(Rule.MostHits);
        var known = _standings.Keys.Order(StringComparer.Ordinal).Select(client => (client, new AlertMeasure(_window.HitsOf(client), 0, default))).ToList();
        var others = offenders.Where(offender => !_standings.ContainsKey(offender.Client)).DistinctBy(offender => offender.Client).ToList();
        var room = Math.Max(0, MostClients - known.Count);
        Unnamed = Math.Max(0, others.Count - room);
        return [.. known, .. others.Take(room).Select(offender => (offender.Client, new AlertMeasure(offender.Hits, 0, default)))];
    }

    private AlertTransition? Look(string client, AlertMeasure measure, DateTimeOffset instant)
    {
        var standing = (_standings.GetValueOrDefault(client) ?? new AlertStanding(client, AlertState.Ok, instant, null, null, measure)) with { Measure = measure };
        var (state, countedFrom) = Next(standing, IsExceeded(standing), instant);
        if (state != standing.State)
            return Keep(standing, Change(standing, state, instant), countedFrom);
        if (state != AlertState.Ok || !IsOfClients(Rule))
            _standings[client] = standing with { CountedFrom = countedFrom };
        return null;
    }

    /// <summary>Null where nobody can tell.</summary>
    private bool? IsExceeded(AlertStanding standing)
    {
        var isExceeded = Rule.IsExceeded(standing.Measure);
        var isOfWhatIsThere = Rule is { Comparison: AlertComparison.Above, Metric: not AlertMetric.NoData };
        if (isExceeded)
            return isOfWhatIsThere || _window.IsWatched ? true : null;
        // What was not there before cannot be over.
        return _window.IsWhole || standing.State == AlertState.Ok || (!isOfWhatIsThere && Rule.Metric is AlertMetric.NoData or AlertMetric.Rate) ? false : null;
    }

    private (AlertState State, DateTimeOffset? CountedFrom) Next(AlertStanding standing, bool? isExceeded, DateTimeOffset instant) => (standing.State, isExceeded) switch
    {
        // What has to last is counted from when it is known again.
        (AlertState.Pending, null) => (AlertState.Pending, instant),
        (_, null) => (standing.State, null),
        (AlertState.Ok, true) => Rule.For == TimeSpan.Zero ? (Rule.Active, null) : (AlertState.Pending, instant),
        (AlertState.Ok, false) => (AlertState.Ok, null),
        (AlertState.Pending, true) => instant - standing.CountedFrom >= Rule.For ? (Rule.Active, null) : (AlertState.Pending, standing.CountedFrom),
        (AlertState.Pending, false) => (AlertState.Ok, null),
        (_, true) => (standing.State, null),
        (_, false) => instant - (standing.CountedFrom ?? instant) >= Rule.KeepFiringFor ? (AlertState.Ok, null) : (standing.State, standing.CountedFrom ?? instant),
    };

    private AlertTransition Keep(AlertStanding standing, AlertTransition transition, DateTimeOffset? countedFrom)
    {
        var isKnown = _standings.ContainsKey(standing.Client);
        if (transition.State == AlertState.Ok && IsOfClients(Rule))
            _standings.Remove(standing.Client);
        else
            _standings[standing.Client] = standing with { State = transition.State, Since = transition.At, CountedFrom = countedFrom, NotifiedAt = transition.IsTriggered ? transition.At : null };
        return isKnown ? transition : transition with { Duration = null };
    }

    private AlertTransition Change(AlertStanding standing, AlertState state, DateTimeOffset instant) =>
        // A clock may have been set back.
        new(Rule, standing.Client, standing.State, state, instant, instant > standing.Since ? instant - standing.Since : TimeSpan.Zero, standing.Measure);

    /// <summary>What has to last is counted from now on: nobody looked meanwhile, or the clock is another.</summary>
    private void CountAgain(DateTimeOffset instant)
    {
        foreach (var standing in _standings.Values.ToList())
        {
            _standings[standing.Client] = standing with
            {
                CountedFrom = standing.CountedFrom is null ? null : instant,
                NotifiedAt = standing.NotifiedAt > instant ? instant : standing.NotifiedAt,
            };
        }
    }
}
