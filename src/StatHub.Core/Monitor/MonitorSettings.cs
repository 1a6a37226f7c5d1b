using StatHub.Core.Alerts;

namespace StatHub.Core.Monitor;

/// <summary>What a <see cref="TrafficMonitor"/> looks at, and what it tells of.</summary>
public sealed record MonitorSettings
{
    /// <summary>How many clients are told apart in the window.</summary>
    private const int MostClients = 1000;

    /// <summary>How much of the past alerts look at.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The resolution of the window.</summary>
    public TimeSpan Bucket { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests a second, averaged over the window; more are an alert.</summary>
    public decimal Threshold { get; init; } = 10;

    /// <summary>The share of 5xx in the window, from 0 to 1; more is an alert.</summary>
    public decimal ErrorRate { get; init; } = 0.05m;

    /// <summary>Requests a second of one client over the window; more are an alert.</summary>
    public decimal ClientRate { get; init; } = 2.5m;

    /// <summary>The window that these rules look at.</summary>
    public TrafficWindowSettings WindowSettings => new() { Window = Window, Bucket = Bucket, MostClients = MostClients, LongestPause = Bucket > Pause ? Bucket : Pause };

    /// <summary>The rules: traffic, errors, clients.</summary>
    public IReadOnlyList<AlertRule> Rules =>
    [
        Rule("traffic", AlertMetric.Rate, Threshold), Rule("errors", AlertMetric.ErrorRate, ErrorRate), Rule("clients", AlertMetric.ClientRate, ClientRate),
    ];

    private static TimeSpan Pause => new TrafficWindowSettings().LongestPause;

    private AlertRule Rule(string name, AlertMetric metric, decimal threshold) => new(name, metric, threshold) { Window = Window, RepeatInterval = TimeSpan.Zero };
}
