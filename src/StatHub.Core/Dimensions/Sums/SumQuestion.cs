using StatHub.Core.Time;

namespace StatHub.Core.Dimensions.Sums;

/// <summary>By which dimensions at once, and over which steps of time, the hits of a range are summed.</summary>
public sealed record SumQuestion
{
    /// <summary>The most dimensions of a question.</summary>
    public const int MostDimensions = 8;

    private const long DayMilliseconds = UtcDay.Milliseconds;

    /// <summary>Asks a question; the range is widened to whole steps.</summary>
    /// <param name="by">1 to 8 dimensions, none of them twice.</param>
    /// <param name="step">Day or month, both in UTC.</param>
    /// <param name="range">The range.</param>
    public SumQuestion(IReadOnlyList<DimensionName> by, SeriesStep step, MinuteRange range)
    {
        ArgumentNullException.ThrowIfNull(by);
        if (by.Count is 0 or > MostDimensions || by.Distinct().Count() != by.Count)
            throw new ArgumentException($"There are 1 to {MostDimensions} dimensions, none of them twice.", nameof(by));
        if (step is not (SeriesStep.Day or SeriesStep.Month))
            throw new ArgumentOutOfRangeException(nameof(step), step, "A step is a day or a month.");
        (By, Step) = (by, step);
        var days = DayRange.Of(range).Minutes;
        Range = step == SeriesStep.Day ? days : new MinuteRange(MonthOf(days.From), days.IsBounded ? BehindMonth(days.To) : days.To);
    }

    /// <summary>The dimensions, in the order of the columns.</summary>
    public IReadOnlyList<DimensionName> By { get; }

    /// <summary>Day or month.</summary>
    public SeriesStep Step { get; }

    /// <summary>Whole steps.</summary>
    public MinuteRange Range { get; }

    /// <summary>The step that an instant lies in, in Unix milliseconds.</summary>
    public (long Start, long End) StepOf(long unixMilliseconds)
    {
        if (Step == SeriesStep.Day)
        {
            var day = unixMilliseconds / DayMilliseconds * DayMilliseconds;
            return (day, day + DayMilliseconds);
        }
        var start = MonthOf(unixMilliseconds / 60_000);
        return (start * 60_000, BehindMonth(start + 1) * 60_000);
    }

    private static long MonthOf(long minute)
    {
        var instant = MinuteRange.InstantOf(minute);
        return MinuteRange.MinuteOf(new DateTimeOffset(instant.Year, instant.Month, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>The end of the month of the minute before.</summary>
    private static long BehindMonth(long minute)
    {
        var last = MinuteRange.InstantOf(minute - 1);
        return last is { Year: 9999, Month: 12 }
            ? MinuteRange.Unbounded
            : MinuteRange.MinuteOf(new DateTimeOffset(last.Year, last.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1));
    }
}
