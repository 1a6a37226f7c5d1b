namespace StatHub.Core.Time;

/// <summary>A range divided at the hours, days, weeks or months of a time zone.</summary>
/// <param name="Starts">Where each bucket begins; the first one may begin before the range.</param>
/// <param name="Boundaries">Where the part of each bucket that lies in the range begins, and the end of the range.</param>
public sealed record SeriesBuckets(IReadOnlyList<long> Starts, IReadOnlyList<long> Boundaries)
{
    /// <summary>The first minute behind the bucket that a minute lies in.</summary>
    public static long EndOfBucket(long minute, SeriesStep step, LocalClock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return Next(Start(minute, step, clock), step, clock);
    }

    /// <summary>Divides a bounded range; false when that takes more than <paramref name="most"/> buckets.</summary>
    public static bool TryDivide(MinuteRange range, SeriesStep step, LocalClock clock, int most, out SeriesBuckets buckets)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var starts = new List<long>();
        for (var start = Start(range.From, step, clock); start < range.To; start = Next(start, step, clock))
        {
            if (starts.Count == most)
            {
                buckets = new SeriesBuckets([], []);
                return false;
            }
            starts.Add(start);
        }
        long[] boundaries = [.. starts, range.To];
        boundaries[0] = range.From;
        buckets = new SeriesBuckets(starts, boundaries);
        return true;
    }

    private static long Start(long minute, SeriesStep step, LocalClock clock)
    {
        if (step == SeriesStep.Minute)
            return minute;
        if (step == SeriesStep.Hour)
            return clock.StartOfHour(minute);
        var first = FirstDate(clock.Date(minute), step);
        var start = clock.StartOfDay(first);
        // Clocks that went back over midnight show a date that has ended already.
        for (var next = Next(start, step, clock); next <= minute; next = Next(start, step, clock))
            start = next;
        return start;
    }

    private static long Next(long start, SeriesStep step, LocalClock clock)
    {
        if (step == SeriesStep.Minute)
            return start + 1;
        if (step == SeriesStep.Hour)
            return clock.NextHour(start);
        // A date that a zone skipped (Samoa had no 30 December 2011) begins where the next one does: no bucket.
        var date = FirstDate(clock.Date(start), step);
        while (true)
        {
            if (!TryFollowing(date, step, out date))
                return MinuteRange.Unbounded;
            var next = clock.StartOfDay(date);
            if (next > start)
                return next;
        }
    }

    private static DateOnly FirstDate(DateOnly date, SeriesStep step) => step switch
    {
        SeriesStep.Week => date.AddDays(-Math.Min(date.DayNumber, ((int)date.DayOfWeek + 6) % 7)),
        SeriesStep.Month => new DateOnly(date.Year, date.Month, 1),
        _ => date,
    };

    private static bool TryFollowing(DateOnly date, SeriesStep step, out DateOnly following)
    {
        var last = step == SeriesStep.Month
            ? date is { Year: 9999, Month: 12 }
            : date.DayNumber > DateOnly.MaxValue.DayNumber - 7;
        following = last ? date : step switch
        {
            SeriesStep.Month => date.AddMonths(1),
            SeriesStep.Week => date.AddDays(7),
            _ => date.AddDays(1),
        };
        return !last;
    }
}
