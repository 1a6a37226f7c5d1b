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

    /// <summary>The whole months within some days; false when there are none.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="to">Behind the last day.</param>
    /// <param name="first">The first whole month.</param>
    /// <param name="end">Behind the last whole month.</param>
    public static bool TryFindWhole(long from, long to, out long first, out long end)
    {
        first = OfDay(from);
        if (FirstDay(first) < from)
            first++;
        end = OfDay(to);
        return first < end;
    }

    private static DateOnly Date(long day) => DateOnly.FromDayNumber((int)Math.Min(day, LastDay) + UnixDay);
}
