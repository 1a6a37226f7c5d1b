using StatHub.Contracts.Alerts;
using StatHub.Contracts.Json;

namespace StatHub.Server.Alerts;

/// <summary>Examples for the API's document.</summary>
internal static class AlertExamples
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 11, 58, 30, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Labels = new() { ["severity"] = "page" };

    public static readonly NewAlerts NewAlerts = new(
        [new("traffic", "rate", ExactNumber.Parse("10"), Labels: new Dictionary<string, string?> { ["severity"] = "page" }), new("silence", "no_data", Window: 600)],
        [new("ops", "https://hooks.example.com/stathub", "a secret of yours")]);

    public static readonly AlertsInfo Alerts = new(
        At.AddSeconds(90),
        [new("traffic", "rate", "above", ExactNumber.Parse("10"), 120, 0, 0, Labels, 14_400, "firing", [new(null, "firing", At, ExactNumber.Parse("1312"), 1312)])],
        [new("ops", "https://hooks.example.com/stathub", true)]);

    public static readonly AlertHistoryPage History = new([new("traffic", "rate", null, "ok", "firing", At, 7200, ExactNumber.Parse("1201"), 1201)], "4711");
}
