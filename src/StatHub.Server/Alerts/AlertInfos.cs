using StatHub.Contracts.Alerts;
using StatHub.Contracts.Json;
using StatHub.Core.Alerts;
using StatHub.Core.Hits;

namespace StatHub.Server.Alerts;

/// <summary>Rules, states and history as answers have them.</summary>
internal static class AlertInfos
{
    /// <summary>What a tenant wants to be told of, and how it stands.</summary>
    /// <param name="document">The document.</param>
    /// <param name="standings">The states that are stored, for who was not looked at yet.</param>
    /// <param name="look">The last look, where it was at these rules.</param>
    /// <param name="showsUrls">Whether whole addresses are shown: they may hold a secret.</param>
    public static AlertsInfo Of(AlertDocument document, IReadOnlyList<(string Rule, AlertStanding Standing)> standings, TenantLook? look, bool showsUrls) => new(
        look?.AsOf,
        [.. document.Rules.Select(rule => Of(rule, look?.Rules.FirstOrDefault(one => one.Rule.Name == rule.Name) ?? Stored(rule, standings)))],
        [.. document.Receivers.Select(receiver => new AlertReceiverInfo(receiver.Name, showsUrls ? receiver.Url : new Uri(receiver.Url).GetLeftPart(UriPartial.Authority), receiver.Secret.Length > 0))]);

    public static AlertTransitionInfo Of(PastTransition one) => new(
        one.Rule, one.Metric.Name(), Client(one.Client), one.Previous.Name(), one.State.Name(), one.At, one.Duration?.TotalSeconds, Exact(one.Measure.Told(one.Metric)), one.Measure.Hits);

    private static LookedAt Stored(AlertRule rule, IReadOnlyList<(string Rule, AlertStanding Standing)> standings)
    {
        var own = standings.Where(one => one.Rule == rule.Name).Select(one => one.Standing).ToList();
        return new LookedAt(rule, own.Select(one => one.State).DefaultIfEmpty().Max(), own, 0);
    }

    private static AlertRuleInfo Of(AlertRule rule, LookedAt look) => new(
        rule.Name, rule.Metric.Name(), rule.Comparison.Name(), Exact(new ValueSum((Int128)(rule.Threshold * HitValue.One))), Seconds(rule.Window), Seconds(rule.For), Seconds(rule.KeepFiringFor),
        rule.Labels, Seconds(rule.RepeatInterval), look.State.Name(), [.. look.Standings.Select(standing => Of(rule, standing))], look.Unnamed);

    private static AlertStateInfo Of(AlertRule rule, AlertStanding standing) =>
        new(Client(standing.Client), standing.State.Name(), standing.Since, Exact(standing.Measure.Told(rule.Metric)), standing.Measure.Hits);

    private static string? Client(string client) => client.Length == 0 ? null : client;

    private static int Seconds(TimeSpan time) => (int)time.TotalSeconds;

    private static ExactNumber Exact(ValueSum sum) => ExactNumber.Parse(sum.ToString());
}
