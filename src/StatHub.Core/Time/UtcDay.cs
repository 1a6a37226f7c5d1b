namespace StatHub.Core.Time;

/// <summary>UTC days as numbers, counted from 1970-01-01.</summary>
public static class UtcDay
{
    /// <summary>How long one is.</summary>
    public const long Milliseconds = 86_400_000;

    private static readonly int First = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The number of a date.</summary>
    public static int Of(DateOnly date) => date.DayNumber - First;

    /// <summary>The day of an instant that is not before 1970.</summary>
    public static int Of(DateTimeOffset instant) => OfMilliseconds(instant.ToUnixTimeMilliseconds());

    /// <summary>The day of an instant in Unix milliseconds, not before 1970.</summary>
    public static int OfMilliseconds(long unixMilliseconds) => (int)(unixMilliseconds / Milliseconds);

    /// <summary>The date of a day.</summary>
    public static DateOnly Date(long day) => DateOnly.FromDayNumber((int)day + First);
}
