namespace StatHub.Core.Time;

/// <summary>The length of a series' buckets, on the clock and calendar of a time zone.</summary>
public enum SeriesStep
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
    /// <summary>All names, shortest step first.</summary>
    public static readonly IReadOnlyList<string> Names = ["minute", "hour", "day", "week", "month"];

    /// <summary>The name of a step.</summary>
    public static string Name(this SeriesStep step) => Names[(int)step];

    /// <summary>Finds a step by its name.</summary>
    public static bool TryParse(string? name, out SeriesStep step)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            step = (SeriesStep)i;
            if (Names[i] == name)
                return true;
        }
        step = default;
        return false;
    }
}
