namespace StatHub.Cli.Output;

/// <summary>A number as a bar beside others.</summary>
internal static class Bar
{
    private const string Eighths = " ▏▎▍▌▋▊▉";

    /// <summary>A bar whose length is to the width as the number is to the largest; the least sliver for anything above 0.</summary>
    public static string Of(long number, long largest, int width)
    {
        if (number <= 0 || largest <= 0 || width <= 0)
            return "";
        var eighths = Math.Max(1, (int)(8.0 * width * number / largest));
        var bar = new string('█', eighths / 8);
        return eighths % 8 == 0 ? bar : bar + Eighths[eighths % 8];
    }
}
