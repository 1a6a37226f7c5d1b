using StatHub.Core.Time;

namespace StatHub.Storage.Rollups;

/// <summary>UTC months as numbers: 12 * year + month - 1; days are counted from 1970.</summary>
internal static class CalendarMonth
{
    private static readonly long LastDay = UtcDay.Of(DateOnly.MaxValue);

    public static long OfDay(long day)
    {
        var date = Date(day);
        return date.Year * 12L + date.Month - 1;
    }

    public static long FirstDay(long month) => UtcDay.Of(new DateOnly((int)(month / 12), (int)(month % 12) + 1, 1));

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

    private static DateOnly Date(long day) => UtcDay.Date(Math.Min(day, LastDay));
}
