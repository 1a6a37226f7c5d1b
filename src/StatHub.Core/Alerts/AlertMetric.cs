using StatHub.Core.Text;

namespace StatHub.Core.Alerts;

/// <summary>What a rule looks at.</summary>
public enum AlertMetric : byte
{
    /// <summary>Hits a second.</summary>
    Rate,

    /// <summary>The share of hits that were answered with a status of 5xx. Without hits there is none, and nothing is exceeded.</summary>
    ErrorRate,

    /// <summary>Hits a second of one client: each that exceeds it has a state of its own.</summary>
    ClientRate,

    /// <summary>The sum of values.</summary>
    Value,

    /// <summary>That there are no hits at all.</summary>
    NoData,
}

/// <summary>When a threshold is exceeded. What is equal to it never does.</summary>
public enum AlertComparison : byte
{
    Above,
    Below,
}

/// <summary>The names of metrics and comparisons.</summary>
public static class AlertNames
{
    private static readonly ClosedNames<AlertMetric> Metrics = new("rate", "error_rate", "client_rate", "value", "no_data");
    private static readonly ClosedNames<AlertComparison> Comparisons = new("above", "below");
    private static readonly ClosedNames<AlertState> States = new("ok", "pending", "firing", "no_data");

    /// <summary>All metrics.</summary>
    public static IReadOnlyList<string> AllMetrics => Metrics.All;

    /// <summary>All comparisons.</summary>
    public static IReadOnlyList<string> AllComparisons => Comparisons.All;

    /// <summary>All states.</summary>
    public static IReadOnlyList<string> AllStates => States.All;

    /// <summary>The name of a metric.</summary>
    public static string Name(this AlertMetric metric) => Metrics.Of(metric);

    /// <summary>The name of a comparison.</summary>
    public static string Name(this AlertComparison comparison) => Comparisons.Of(comparison);

    /// <summary>The name of a state.</summary>
    public static string Name(this AlertState state) => States.Of(state);

    /// <summary>Finds a metric by its name.</summary>
    public static bool TryParse(string? name, out AlertMetric metric) => Metrics.TryParse(name, out metric);

    /// <summary>Finds a comparison by its name.</summary>
    public static bool TryParse(string? name, out AlertComparison comparison) => Comparisons.TryParse(name, out comparison);

    /// <summary>Finds a state by its name.</summary>
    public static bool TryParse(string? name, out AlertState state) => States.TryParse(name, out state);
}
