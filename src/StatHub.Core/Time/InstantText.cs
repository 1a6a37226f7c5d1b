using System.Globalization;

namespace StatHub.Core.Time;

/// <summary>Instants and dates as people write them in requests, and as answers have them.</summary>
public static class InstantText
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>The RFC 3339 text of an instant in UTC, with milliseconds only where there are some.</summary>
    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString(
        instant.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads a date (its first minute on the clock) or an RFC 3339 instant with <c>Z</c> or an offset, rounded down to
    /// the minute. A space before the offset counts as the plus that it was before a URL was decoded.
    /// </summary>
    public static bool TryParseMinute(string text, LocalClock clock, out long minute)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(clock);
        minute = 0;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            minute = clock.StartOfDay(date);
            return true;
        }
        if (text.Length is < 17 or > 40 || !TryNormalize(text, out var instantText)
            || !DateTimeOffset.TryParseExact(instantText, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
            return false;
        minute = MinuteRange.MinuteOf(instant);
        return true;
    }

    // Without an offset an instant would silently be one of the server's time zone.
    private static bool TryNormalize(string text, out string normal)
    {
        normal = text.ToUpperInvariant();
        if (normal[10] is ' ')
            normal = string.Concat(normal.AsSpan(0, 10), "T", normal.AsSpan(11));
        if (normal[^6] is ' ')
            normal = string.Concat(normal.AsSpan(0, normal.Length - 6), "+", normal.AsSpan(normal.Length - 5));
        return normal[^1] == 'Z' || normal[^6] is '+' or '-';
    }
}
