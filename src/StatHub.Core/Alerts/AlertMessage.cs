using System.Globalization;

namespace StatHub.Core.Alerts;

/// <summary>What people are told of an alert.</summary>
public static class AlertMessage
{
    /// <summary>The sentence of a change of state; null when it is neither the beginning nor the end of an alert.</summary>
    /// <param name="transition">The change. Its client is a text from outside: escape the sentence where it is shown.</param>
    /// <param name="zone">The zone of the instant.</param>
    public static string? Of(AlertTransition transition, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(transition);
        if (!transition.IsTriggered && !transition.IsRecovered)
            return null;
        var (did, then) = transition.IsTriggered ? ("generated an alert", "triggered") : ("alert recovered", "recovered");
        return $"{Subject(transition.Rule)} {did} - {Value(transition.Rule, transition.Client, transition.Measure)}, {then} at {Time(transition.At, zone)}";
    }

    /// <summary>What is told of what the window has: <c>hits = 1201</c>.</summary>
    public static string Value(AlertRule rule, string client, AlertMeasure measure) => rule.Metric switch
    {
        AlertMetric.ErrorRate => string.Create(CultureInfo.InvariantCulture, $"errors = {measure.Errors} of {measure.Hits}"),
        AlertMetric.ClientRate => string.Create(CultureInfo.InvariantCulture, $"client = {client}, hits = {measure.Hits}"),
        AlertMetric.Value => $"value = {measure.Value}",
        _ => string.Create(CultureInfo.InvariantCulture, $"hits = {measure.Hits}"),
    };

    /// <summary>An instant in a zone: RFC 3339 with its offset.</summary>
    public static string Time(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static string Subject(AlertRule rule)
    {
        var side = rule.Comparison == AlertComparison.Above ? "High" : "Low";
        return rule.Metric switch
        {
            AlertMetric.Rate => $"{side} traffic",
            AlertMetric.ErrorRate => $"{side} error rate",
            AlertMetric.ClientRate => $"{side} client traffic",
            AlertMetric.Value => $"{side} value",
            _ => "No traffic",
        };
    }
}
