using StatHub.Core.Text;

namespace StatHub.Core.Time;

/// <summary>The length of a series' buckets, on the clock and calendar of a time zone.</summary>
public enum SeriesStep : byte
{
    Minute,
    Hour,
    Day,

    /// <summary>From Monday.</summary>
    Week,
    Month,
}

/// <summary>The names of steps in the API.</summary>
public static class SeriesSteps
{
    private static readonly ClosedNames<SeriesStep> Closed = new("minute", "hour", "day", "week", "month");

    /// <summary>All names, shortest step first.</summary>
    public static IReadOnlyList<string> Names => Closed.All;

    /// <summary>The name of a step.</summary>
    public static string Name(this SeriesStep step) => Closed.Of(step);

    /// <summary>Finds a step by its name.</summary>
    public static bool TryParse(string? name, out SeriesStep step) => Closed.TryParse(name, out step);
}
