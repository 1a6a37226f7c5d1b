namespace StatHub.Storage.Rollups;

/// <summary>UTC months as numbers: 12 * year + month - 1; days are counted from 1970.</summary>
internal static class CalendarMonth
{
    private static readonly int UnixDay = new DateOnly(1970, 1, 1).DayNumber;
    private static readonly long LastDay = DateOnly.MaxValue.DayNumber - UnixDay;

    public static long OfDay(long day)
    {
        var date = Date(day);
        return date.Year * 12L + date.Month - 1;
    }

    public static long FirstDay(long month) => new DateOnly((int)(month / 12), (int)(month % 12) + 1, 1).DayNumber - UnixDay;

    private static DateOnly Date(long day) => DateOnly.FromDayNumber((int)Math.Min(day, LastDay) + UnixDay);
}
