using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StatHub.Contracts.Alerts;
using StatHub.Contracts.Json;
using StatHub.Core.Alerts;
using StatHub.Core.Tenants;
using StatHub.Storage.Alerts;

namespace StatHub.Server.Alerts;

/// <summary>Writes what receivers get.</summary>
internal sealed class WebhookText(Uri? publicUrl)
{
    private const int MostAlerts = 100;

    /// <summary>An alert that is told of.</summary>
    private sealed record Told(AlertRule Rule, string Client, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, AlertMeasure Measure, string Summary);

    /// <summary>What is to be told of changes of state of a tenant: those of one rule together, beginnings apart from ends.</summary>
    public IReadOnlyList<NotificationBody> OfTransitions(TenantId tenant, IEnumerable<AlertTransition> transitions) => Bodies(
        tenant,
        transitions.Where(one => one.IsTriggered || one.IsRecovered).Select(one => new Told(
            one.Rule, one.Client, one.IsRecovered ? one.At - (one.Duration ?? TimeSpan.Zero) : one.At, one.IsRecovered ? one.At : null, one.Measure, AlertMessage.Of(one, TimeZoneInfo.Utc)!)));

    /// <summary>What is to be told of a rule that is still active.</summary>
    public IReadOnlyList<NotificationBody> OfRepeats(TenantId tenant, AlertRule rule, IEnumerable<AlertStanding> standings) => Bodies(
        tenant, standings.Select(one => new Told(rule, one.Client, one.Since, null, one.Measure, AlertMessage.Of(Begun(rule, one), TimeZoneInfo.Utc)!)));

    private static AlertTransition Begun(AlertRule rule, AlertStanding standing) =>
        new(rule, standing.Client, AlertState.Ok, standing.State, standing.Since, null, standing.Measure);

    private List<NotificationBody> Bodies(TenantId tenant, IEnumerable<Told> alerts) =>
    [
        .. alerts.GroupBy(one => (one.Rule.Name, IsOver: one.EndsAt is not null)).SelectMany(group => group.Chunk(MostAlerts))
            .Select(chunk => (NotificationBody)(receiver => JsonSerializer.SerializeToUtf8Bytes(Webhook(tenant, receiver, chunk), StatHubJson.Default.Webhook))),
    ];

    private Webhook Webhook(TenantId tenant, AlertReceiver receiver, Told[] told)
    {
        var rule = told[0].Rule;
        var labels = new SortedDictionary<string, string>(rule.Labels.ToDictionary(), StringComparer.Ordinal) { ["alertname"] = rule.Name, ["tenant"] = tenant.ToString() };
        var group = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = rule.Name, ["tenant"] = tenant.ToString() };
        var alerts = told.Select(one => Alert(tenant, labels, one)).ToList();
        return new Webhook(
            "4", $"{{}}:{{alertname={Quoted(rule.Name)}, tenant=\"{tenant}\"}}", 0, alerts[0].Status, receiver.Name, group,
            alerts.Count == 1 ? alerts[0].Labels : labels, alerts.Count == 1 ? alerts[0].Annotations : new Dictionary<string, string>(), Address, alerts);
    }

    private string Address => publicUrl?.ToString().TrimEnd('/') ?? "";

    private WebhookAlert Alert(TenantId tenant, SortedDictionary<string, string> labels, Told told)
    {
        var own = told.Client.Length == 0 ? labels : new SortedDictionary<string, string>(labels, StringComparer.Ordinal) { ["client"] = told.Client };
        return new WebhookAlert(
            told.EndsAt is null ? "firing" : "resolved", own, new SortedDictionary<string, string>(StringComparer.Ordinal) { ["summary"] = told.Summary, ["value"] = told.Measure.Told(told.Rule.Metric).ToString() },
            told.StartsAt, told.EndsAt ?? DateTimeOffset.MinValue, publicUrl is null ? "" : $"{Address}/api/v1/tenants/{tenant}/alerts", Fingerprint(own));
    }

    /// <summary>Of the labels, so that what is told of an alert belongs together.</summary>
    private static string Fingerprint(SortedDictionary<string, string> labels) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', labels.SelectMany(label => (string[])[label.Key, label.Value])))).AsSpan(0, 8));

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
