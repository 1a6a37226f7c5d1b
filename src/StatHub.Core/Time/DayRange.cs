namespace StatHub.Core.Time;

/// <summary>Whole UTC days since 1970.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">Behind the last day.</param>
public readonly record struct DayRange(long From, long To)
{
    /// <summary>The days that a range of minutes touches.</summary>
    public static DayRange Of(MinuteRange range) => new(
        Math.Max(0, range.From) / MinuteRange.PerDay,
        range.IsBounded ? (range.To + MinuteRange.PerDay - 1) / MinuteRange.PerDay : long.MaxValue);

    /// <summary>All minutes of these days.</summary>
    public MinuteRange Minutes => new(From * MinuteRange.PerDay, To == long.MaxValue ? MinuteRange.Unbounded : To * MinuteRange.PerDay);
}
