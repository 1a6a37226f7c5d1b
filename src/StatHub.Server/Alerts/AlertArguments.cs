using System.Globalization;
using System.Net;
using StatHub.Contracts.Alerts;
using StatHub.Core.Alerts;
using StatHub.Server.Http;

namespace StatHub.Server.Alerts;

/// <summary>What a tenant wants to be told of; what is wrong with it is noted in the arguments, by field.</summary>
internal static class AlertArguments
{
    private const int LongestUrl = 2048;
    private const int LongestSecret = 256;

    // More digits than a threshold may have, and fewer than a decimal would round.
    private const int LongestNumber = 28;

    public static IReadOnlyList<AlertRule> Rules(NewAlerts body, Arguments arguments)
    {
        var rules = body.Rules ?? [];
        if (body.Rules is null || rules.Count > AlertDocument.MostRules)
            arguments.Refuse("rules", $"It is a list of at most {AlertDocument.MostRules} rules.");
        RefuseTwice(rules.Select(rule => rule?.Name), "rules", arguments);
        return [.. rules.Take(AlertDocument.MostRules).Select((rule, i) => Rule(rule, $"rules[{i}]", arguments)).OfType<AlertRule>()];
    }

    public static IReadOnlyList<(string Name, string Url, string? Secret)> Receivers(NewAlerts body, bool allowPrivate, Arguments arguments)
    {
        var receivers = body.Receivers ?? [];
        if (receivers.Count > AlertDocument.MostReceivers)
            arguments.Refuse("receivers", $"It is a list of at most {AlertDocument.MostReceivers} receivers.");
        RefuseTwice(receivers.Select(receiver => receiver?.Name), "receivers", arguments);
        foreach (var (i, receiver) in receivers.Take(AlertDocument.MostReceivers).Index())
            Check(receiver, $"receivers[{i}]", allowPrivate, arguments);
        return [.. receivers.OfType<NewAlertReceiver>().Select(receiver => (receiver.Name ?? "", receiver.Url ?? "", receiver.Secret))];
    }

    private static AlertRule? Rule(NewAlertRule? body, string path, Arguments arguments)
    {
        if (body is null)
        {
            arguments.Refuse(path, "It is a JSON object.");
            return null;
        }
        var metricIsKnown = AlertNames.TryParse(body.Metric, out AlertMetric metric);
        if (!metricIsKnown)
            arguments.Refuse($"{path}.metric", $"It is one of {string.Join(", ", AlertNames.AllMetrics)}.");
        if (!AlertNames.TryParse(body.Comparison ?? "above", out AlertComparison comparison))
            arguments.Refuse($"{path}.comparison", "It is 'above' or 'below'.");
        if (!TryThreshold(body, metric, out var threshold))
            arguments.Refuse($"{path}.threshold", "It is a number with at most 12 digits before and 6 behind the point.");
        var usual = new AlertRule(body.Name ?? "", metric, threshold) { Comparison = comparison };
        var rule = usual with
        {
            Window = Seconds(body.Window, usual.Window),
            For = Seconds(body.For, usual.For),
            KeepFiringFor = Seconds(body.KeepFiringFor, usual.KeepFiringFor),
            RepeatInterval = Seconds(body.RepeatInterval, usual.RepeatInterval),
            Labels = (body.Labels ?? new Dictionary<string, string?>()).ToDictionary(label => label.Key, label => label.Value!),
        };
        // A threshold of an unknown metric may be anything.
        foreach (var mistake in AlertRuleCheck.Mistakes(rule).Where(mistake => metricIsKnown || mistake.Field is not ("threshold" or "comparison")))
            arguments.Refuse($"{path}.{mistake.Field}", mistake.Message);
        return rule;
    }

    private static bool TryThreshold(NewAlertRule body, AlertMetric metric, out decimal threshold)
    {
        threshold = 0;
        if (body.Threshold is not { } number)
            return metric == AlertMetric.NoData;
        return number.ToString().Length <= LongestNumber && decimal.TryParse(number.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out threshold);
    }

    private static TimeSpan Seconds(int? seconds, TimeSpan usual) => seconds is { } given ? TimeSpan.FromSeconds(given) : usual;

    private static void Check(NewAlertReceiver? receiver, string path, bool allowPrivate, Arguments arguments)
    {
        if (receiver is null)
        {
            arguments.Refuse(path, "It is a JSON object.");
            return;
        }
        if (receiver.Name is null or "" || receiver.Name.Length > AlertRuleCheck.LongestName || receiver.Name.Any(char.IsControl))
            arguments.Refuse($"{path}.name", "It is 1 to 64 characters without control characters.");
        if (!IsUrl(receiver.Url, out var url))
            arguments.Refuse($"{path}.url", "It is an http or https address of at most 2048 characters, without a user and a fragment.");
        else if (!allowPrivate && (url.IsLoopback || (IPAddress.TryParse(url.IdnHost, out var address) && !AddressGuard.IsPublic(address))))
            arguments.Refuse($"{path}.url", "It is not an address of the internet, and StatHub:Alerts:AllowPrivateReceivers is off.");
        if (receiver.Secret?.Length > LongestSecret)
            arguments.Refuse($"{path}.secret", "It has at most 256 characters.");
    }

    private static bool IsUrl(string? text, out Uri url)
    {
        var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var parsed) && text!.Length <= LongestUrl && (parsed.Scheme is "http" or "https")
            && parsed is { UserInfo: "", Fragment: "", Host.Length: > 0 };
        url = parsed ?? new Uri("about:blank");
        return isUrl;
    }

    private static void RefuseTwice(IEnumerable<string?> names, string list, Arguments arguments)
    {
        var seen = new HashSet<string?>(StringComparer.Ordinal);
        foreach (var (i, name) in names.Index())
        {
            if (name is not null && !seen.Add(name))
                arguments.Refuse($"{list}[{i}].name", "Another one has this name.");
        }
    }
}
