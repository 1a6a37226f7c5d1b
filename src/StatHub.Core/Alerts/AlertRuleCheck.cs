namespace StatHub.Core.Alerts;

/// <summary>What is wrong with a rule.</summary>
/// <param name="Field">The field, as it is spelled in JSON.</param>
/// <param name="Message">What it has to be.</param>
public readonly record struct AlertRuleMistake(string Field, string Message);

/// <summary>What rules may be.</summary>
public static class AlertRuleCheck
{
    /// <summary>The longest name, in characters.</summary>
    public const int LongestName = 64;

    /// <summary>How many labels a rule may have.</summary>
    public const int MostLabels = 16;

    /// <summary>The longest text of a label, in characters.</summary>
    public const int LongestLabel = 256;

    /// <summary>The longest window.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);

    /// <summary>The longest time that something has to last.</summary>
    public static readonly TimeSpan LongestFor = TimeSpan.FromDays(1);

    /// <summary>The shortest time after which something is told again.</summary>
    public static readonly TimeSpan ShortestRepeat = TimeSpan.FromMinutes(1);

    /// <summary>The longest.</summary>
    public static readonly TimeSpan LongestRepeat = TimeSpan.FromDays(30);

    // What messages say themselves.
    private static readonly string[] TakenLabels = ["alertname", "tenant", "client"];
    private const decimal LargestThreshold = 1_000_000_000_000;

    /// <summary>Everything that is wrong with a rule.</summary>
    public static IReadOnlyList<AlertRuleMistake> Mistakes(AlertRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return [.. All(rule)];
    }

    private static IEnumerable<AlertRuleMistake> All(AlertRule rule)
    {
        if (rule.Name is null or "" || rule.Name.Length > LongestName || rule.Name.Any(char.IsControl))
            yield return new("name", "It is 1 to 64 characters without control characters.");
        if (!Enum.IsDefined(rule.Metric))
            yield return new("metric", $"It is one of {string.Join(", ", AlertNames.AllMetrics)}.");
        if (!Enum.IsDefined(rule.Comparison))
            yield return new("comparison", "It is 'above' or 'below'.");
        else if (rule is { Comparison: AlertComparison.Below, Metric: AlertMetric.ClientRate or AlertMetric.NoData })
            yield return new("comparison", "Only rate, error_rate and value can be 'below': nobody knows who might have sent something.");
        if (Threshold(rule) is { } threshold)
            yield return new("threshold", threshold);
        if (!IsWithin(rule.Window, TimeSpan.FromSeconds(1), LongestWindow))
            yield return new("window", "It is a whole number of seconds from 1 to 3600.");
        if (!IsWithin(rule.For, TimeSpan.Zero, LongestFor))
            yield return new("for", "It is a whole number of seconds from 0 to 86400.");
        if (!IsWithin(rule.KeepFiringFor, TimeSpan.Zero, LongestFor))
            yield return new("keepFiringFor", "It is a whole number of seconds from 0 to 86400.");
        if (rule.RepeatInterval != TimeSpan.Zero && !IsWithin(rule.RepeatInterval, ShortestRepeat, LongestRepeat))
            yield return new("repeatInterval", "It is a whole number of seconds from 60 to 2592000, or 0 for never.");
        if (Labels(rule.Labels) is { } labels)
            yield return new("labels", labels);
    }

    private static string? Threshold(AlertRule rule) => rule switch
    {
        { Metric: AlertMetric.NoData, Threshold: not 0 } => "Without data there is nothing to compare: leave it out.",
        _ when decimal.Abs(rule.Threshold) > LargestThreshold || decimal.Round(rule.Threshold, 6) != rule.Threshold =>
            "It has at most 12 digits before and 6 behind the point.",
        { Metric: AlertMetric.Rate or AlertMetric.ClientRate, Threshold: < 0 } => "It is a number of hits a second, 0 or more.",
        { Metric: AlertMetric.ErrorRate, Threshold: < 0 or > 1 } => "It is a share from 0 to 1.",
        _ => null,
    };

    private static string? Labels(IReadOnlyDictionary<string, string> labels) =>
        labels.Count > MostLabels ? "There are at most 16."
        : labels.Keys.FirstOrDefault(name => !IsLabelName(name)) is { } odd ? $"'{Shown(odd)}' is no name: 1 to 64 of letters, digits and '_', not beginning with a digit or '__'."
        : labels.Keys.FirstOrDefault(TakenLabels.Contains) is { } taken ? $"'{taken}' is what a message says itself."
        : labels.FirstOrDefault(label => label.Value is null || label.Value.Length > LongestLabel) is { Key: { } longest } ? $"'{longest}' has at most 256 characters."
        : null;

    private static bool IsLabelName(string name) => name.Length is > 0 and <= 64 && !char.IsAsciiDigit(name[0])
        && !name.StartsWith("__", StringComparison.Ordinal) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "…";

    private static bool IsWithin(TimeSpan time, TimeSpan least, TimeSpan most) =>
        time >= least && time <= most && time.Ticks % TimeSpan.TicksPerSecond == 0;
}
