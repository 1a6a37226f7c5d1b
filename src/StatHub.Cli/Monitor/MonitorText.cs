using System.Globalization;
using System.Text;
using StatHub.Cli.Output;
using StatHub.Core.Alerts;
using StatHub.Core.Monitor;
using StatHub.Core.Sketches;

namespace StatHub.Cli.Monitor;

/// <summary>What a monitor says, in words.</summary>
internal static class MonitorText
{
    /// <summary>The message of an alert, as text for a terminal.</summary>
    public static string Message(AlertTransition transition, TimeZoneInfo zone) => TerminalText.Of(AlertMessage.Of(transition, zone) ?? "");

    /// <summary>The same for narrow screens: the time of the day first, and as much of what happened as tells it.</summary>
    public static string ShortMessage(AlertTransition transition, TimeZoneInfo zone)
    {
        var message = Message(transition, zone);
        var time = AlertMessage.Time(transition.At, zone)[11..19];
        return $"{time} {message[..message.LastIndexOf(',')].Replace(" generated an alert -", ":", StringComparison.Ordinal)}";
    }

    /// <summary>A name of a log, as text for a terminal; what is missing is <c>(none)</c>.</summary>
    public static string Name(HeavyHitter hitter) => hitter.Name.IsEmpty ? "(none)" : TerminalText.Of(Encoding.UTF8.GetString(hitter.Name.Span));

    /// <summary>Hits a second.</summary>
    public static string Rate(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:#,0.0}/s");

    /// <summary>A share of 100.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");

    /// <summary>The name of a class of status.</summary>
    public static string ClassName(int index) => index == 0 ? "other" : $"{index}xx";

    /// <summary>Classes that there are, with their hits.</summary>
    public static string Classes(StatusClasses classes)
    {
        var parts = new List<string>();
        for (var i = 1; i <= StatusClasses.Count; i++)
        {
            if (classes[i % StatusClasses.Count] is > 0 and var hits)
                parts.Add($"{ClassName(i % StatusClasses.Count)} {Figures.Of(hits)}");
        }
        return parts.Count == 0 ? "none" : string.Join(", ", parts);
    }

    /// <summary>How large answers were.</summary>
    public static string Sizes(TrafficStats stats) => stats.Hits == 0
        ? "none"
        : $"{Figures.Bytes(stats.Bytes)} in all; mean {Figures.Bytes(stats.Bytes / stats.Hits)}, median {Figures.Bytes(stats.Sizes.Quantile(0.5))}, "
            + $"95 % up to {Figures.Bytes(stats.Sizes.Quantile(0.95))}, largest {Figures.Bytes(stats.Sizes.Largest)}";

    /// <summary>The same within 80 columns.</summary>
    public static string ShortSizes(TrafficStats stats) => stats.Hits == 0
        ? "none"
        : $"{Figures.Bytes(stats.Bytes)}  mean {Figures.Bytes(stats.Bytes / stats.Hits)}  median {Figures.Bytes(stats.Sizes.Quantile(0.5))}  "
            + $"95 % {Figures.Bytes(stats.Sizes.Quantile(0.95))}  largest {Figures.Bytes(stats.Sizes.Largest)}";

    /// <summary>A time that went by.</summary>
    public static string Span(TimeSpan span) => span.TotalSeconds < 600
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s")
        : span.TotalDays < 1 ? span.ToString("h\\:mm\\:ss", CultureInfo.InvariantCulture) : span.ToString("d\\d\\ h\\:mm", CultureInfo.InvariantCulture);
}
