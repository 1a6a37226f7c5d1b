using System.Text.Json;
using System.Text.Json.Serialization;
using StatHub.Core.Alerts;

namespace StatHub.Storage.Alerts;

/// <summary>A rule as it is stored. Times are seconds.</summary>
internal sealed record StoredRule(
    string Name, int Metric, int Comparison, decimal Threshold, int Window, int For, int KeepFiringFor, int RepeatInterval, Dictionary<string, string> Labels)
{
    public static StoredRule Of(AlertRule rule) => new(
        rule.Name, (int)rule.Metric, (int)rule.Comparison, rule.Threshold, Seconds(rule.Window), Seconds(rule.For), Seconds(rule.KeepFiringFor), Seconds(rule.RepeatInterval), new(rule.Labels));

    public AlertRule ToRule() => new(Name, (AlertMetric)Metric, Threshold)
    {
        Comparison = (AlertComparison)Comparison,
        Window = TimeSpan.FromSeconds(Window),
        For = TimeSpan.FromSeconds(For),
        KeepFiringFor = TimeSpan.FromSeconds(KeepFiringFor),
        RepeatInterval = TimeSpan.FromSeconds(RepeatInterval),
        Labels = Labels,
    };

    private static int Seconds(TimeSpan time) => (int)time.TotalSeconds;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoredRule[]))]
[JsonSerializable(typeof(AlertReceiver[]))]
internal sealed partial class AlertJson : JsonSerializerContext;

/// <summary>A document as it is stored.</summary>
internal static class AlertText
{
    public static string Write(IEnumerable<AlertRule> rules) => JsonSerializer.Serialize([.. rules.Select(StoredRule.Of)], AlertJson.Default.StoredRuleArray);

    public static string Write(IEnumerable<AlertReceiver> receivers) => JsonSerializer.Serialize([.. receivers], AlertJson.Default.AlertReceiverArray);

    public static AlertDocument Read(long revision, string rules, string receivers) => new(
        revision,
        [.. JsonSerializer.Deserialize(rules, AlertJson.Default.StoredRuleArray)!.Select(rule => rule.ToRule())],
        JsonSerializer.Deserialize(receivers, AlertJson.Default.AlertReceiverArray)!);
}
