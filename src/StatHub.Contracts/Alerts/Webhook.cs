using System.Text.Json.Serialization;

namespace StatHub.Contracts.Alerts;

/// <summary>What receivers get: the JSON of Alertmanager's webhook, version 4.</summary>
/// <param name="Version">4.</param>
/// <param name="GroupKey">The same for all messages of a tenant's rule.</param>
/// <param name="TruncatedAlerts">0: nothing is left out.</param>
/// <param name="Status"><c>firing</c> or <c>resolved</c>.</param>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="GroupLabels">The labels of the rule that make the group.</param>
/// <param name="CommonLabels">What all alerts have in common.</param>
/// <param name="CommonAnnotations">Likewise.</param>
/// <param name="ExternalURL">Where people reach StatHub; empty where that is not configured.</param>
/// <param name="Alerts">What began or is over: one, or one for each client.</param>
public sealed record Webhook(
    string Version,
    string GroupKey,
    int TruncatedAlerts,
    string Status,
    string Receiver,
    IReadOnlyDictionary<string, string> GroupLabels,
    IReadOnlyDictionary<string, string> CommonLabels,
    IReadOnlyDictionary<string, string> CommonAnnotations,
    [property: JsonPropertyName("externalURL")] string ExternalURL,
    IReadOnlyList<WebhookAlert> Alerts);

/// <summary>An alert.</summary>
/// <param name="Status"><c>firing</c> or <c>resolved</c>.</param>
/// <param name="Labels">Those of the rule, <c>alertname</c>, <c>tenant</c>, and <c>client</c> where there is one.</param>
/// <param name="Annotations"><c>summary</c>, the sentence, and <c>value</c>.</param>
/// <param name="StartsAt">When it began.</param>
/// <param name="EndsAt">When it was over; the year 1 while it is not.</param>
/// <param name="GeneratorURL">Where the rule is; empty where <c>externalURL</c> is.</param>
/// <param name="Fingerprint">The same for everything that is told of this alert.</param>
public sealed record WebhookAlert(
    string Status,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    DateTimeOffset StartsAt,
    DateTimeOffset EndsAt,
    [property: JsonPropertyName("generatorURL")] string GeneratorURL,
    string Fingerprint);
