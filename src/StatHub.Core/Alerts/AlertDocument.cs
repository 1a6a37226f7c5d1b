namespace StatHub.Core.Alerts;

/// <summary>What a tenant wants to be told of, and where.</summary>
/// <param name="Revision">Another number after every change.</param>
/// <param name="Rules">By their names, each there once.</param>
/// <param name="Receivers">Likewise. Each is told of every rule.</param>
public sealed record AlertDocument(long Revision, IReadOnlyList<AlertRule> Rules, IReadOnlyList<AlertReceiver> Receivers)
{
    /// <summary>How many rules a tenant may have.</summary>
    public const int MostRules = 20;

    /// <summary>How many receivers.</summary>
    public const int MostReceivers = 10;

    /// <summary>The document of who never wrote one.</summary>
    public static readonly AlertDocument Empty = new(0, [], []);

    /// <summary>The rule that goes on under a name; null where it is gone, or looks at something else.</summary>
    public AlertRule? Successor(AlertRule rule) => Rules.FirstOrDefault(other => other.Name == rule.Name && other.Metric == rule.Metric);
}

/// <summary>Somebody who is told of alerts by a request.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where the request goes; http or https.</param>
/// <param name="Secret">What the request is signed with; empty for none. It is shown to nobody.</param>
public sealed record AlertReceiver(string Name, string Url, string Secret)
{
    /// <summary>Nothing that writes a record to a log may write the secret.</summary>
    public override string ToString() => $"{Name} ({Url})";
}

/// <summary>A change of state that happened.</summary>
/// <param name="Id">Its number; a later one has a larger one.</param>
/// <param name="Rule">The name of the rule.</param>
/// <param name="Metric">What the rule looked at.</param>
/// <param name="Client">Whose state it is; empty for the rule as a whole.</param>
/// <param name="Previous">The state before.</param>
/// <param name="State">The state then.</param>
/// <param name="At">When it changed.</param>
/// <param name="Duration">How long the state before lasted; null where that is not known.</param>
/// <param name="Measure">What the window had.</param>
public sealed record PastTransition(
    long Id, string Rule, AlertMetric Metric, string Client, AlertState Previous, AlertState State, DateTimeOffset At, TimeSpan? Duration, AlertMeasure Measure);
