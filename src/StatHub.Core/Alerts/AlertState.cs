namespace StatHub.Core.Alerts;

/// <summary>How it stands with a rule, or with one client of it.</summary>
public enum AlertState : byte
{
    /// <summary>Nothing is exceeded.</summary>
    Ok,

    /// <summary>It is exceeded, and not for as long yet as the rule wants.</summary>
    Pending,

    /// <summary>It is exceeded, and somebody is told.</summary>
    Firing,

    /// <summary>What <see cref="Firing"/> is for <see cref="AlertMetric.NoData"/>.</summary>
    NoData,
}

/// <summary>What states mean.</summary>
public static class AlertStates
{
    /// <summary>Whether somebody is told as long as it lasts.</summary>
    public static bool IsActive(this AlertState state) => state is AlertState.Firing or AlertState.NoData;
}

/// <summary>The state of a rule, or of one client of it: what is kept over a restart.</summary>
/// <param name="Client">Whose it is; empty for the rule as a whole.</param>
/// <param name="State">The state.</param>
/// <param name="Since">When it began.</param>
/// <param name="CountedFrom">From when on `for` counts while it is pending, and `keepFiringFor` while it is active and exceeded no more.</param>
/// <param name="NotifiedAt">When it was told last that it is active.</param>
/// <param name="Measure">What the window had at the last look.</param>
public sealed record AlertStanding(
    string Client, AlertState State, DateTimeOffset Since, DateTimeOffset? CountedFrom, DateTimeOffset? NotifiedAt, AlertMeasure Measure);

/// <summary>A change of state.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Client">Whose state it is; empty for the rule as a whole.</param>
/// <param name="Previous">The state before.</param>
/// <param name="State">The state now.</param>
/// <param name="At">When it changed.</param>
/// <param name="Duration">How long the state before lasted; null for a client that was not looked at before.</param>
/// <param name="Measure">What the window had.</param>
public sealed record AlertTransition(
    AlertRule Rule, string Client, AlertState Previous, AlertState State, DateTimeOffset At, TimeSpan? Duration, AlertMeasure Measure)
{
    /// <summary>Whether it is an alert that begins.</summary>
    public bool IsTriggered => State.IsActive() && !Previous.IsActive();

    /// <summary>Whether it is an alert that is over.</summary>
    public bool IsRecovered => Previous.IsActive() && !State.IsActive();
}
