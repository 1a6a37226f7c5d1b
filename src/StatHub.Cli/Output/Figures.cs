using System.Globalization;
using StatHub.Contracts.Json;

namespace StatHub.Cli.Output;

/// <summary>Numbers and instants as people read them.</summary>
internal static class Figures
{
    /// <summary>What the service does not know.</summary>
    public const string Unknown = "–";

    public static string Of(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>Every digit of an exact number, in groups of three before the point.</summary>
    public static string Of(ExactNumber number)
    {
        var text = number.ToString();
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? text.Length : point;
        var sign = text[0] == '-' ? 1 : 0;
        for (var i = digits - 3; i > sign; i -= 3)
            text = text.Insert(i, ",");
        return text;
    }

    /// <summary>An instant in UTC, with seconds where it has some.</summary>
    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString(
        instant.Ticks % TimeSpan.TicksPerMinute == 0 ? "yyyy-MM-dd HH:mm'Z'" : "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        var (size, unit) = ((double)bytes, 0);
        while (size >= 999.95 && unit < units.Length - 1)
            (size, unit) = (size / 1000, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? $"{bytes}" : $"{size:0.0}")} {units[unit]}");
    }
}
