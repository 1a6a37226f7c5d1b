namespace StatHub.Core.Time;

/// <summary>Whole UTC months that are kept beside the current one.</summary>
public static class KeptMonths
{
    /// <summary>The most that can be asked for.</summary>
    public const int Most = 1_200;

    // The calendar repeats after 400 years.
    private const int MonthsOfCycle = 4_800;
    private static readonly DateOnly Begin = new(2000, 1, 1);

    /// <summary>How many days so many months one after another have at least: one has 28, two have 59.</summary>
    /// <param name="months">1 to <see cref="Most"/>.</param>
    public static int FewestDays(int months) =>
        Enumerable.Range(0, MonthsOfCycle).Min(month => Begin.AddMonths(month + months).DayNumber - Begin.AddMonths(month).DayNumber);
}
