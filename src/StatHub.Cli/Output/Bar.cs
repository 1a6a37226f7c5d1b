namespace StatHub.Cli.Output;

/// <summary>A number as a bar beside others.</summary>
internal static class Bar
{
    private const string Eighths = " ▏▎▍▌▋▊▉";
    private const int Widest = 40;
    private const int Narrowest = 8;
    private const int Gap = 2;

    /// <summary>Shows numbers as a table, with a bar behind each row where the screen is wide enough.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="columns">The first column.</param>
    /// <param name="headings">Those of all columns; all but the first have numbers.</param>
    /// <param name="rows">The cells.</param>
    /// <param name="numbers">What the bar of each row shows.</param>
    public static void ShowBeside(
        Screen screen, Columns columns, IReadOnlyList<string> headings, IReadOnlyList<string[]> rows, IReadOnlyList<long> numbers)
    {
        var width = WidthBeside(screen, [[.. headings], .. rows]);
        var largest = numbers.DefaultIfEmpty().Max();
        foreach (var heading in headings.Skip(1))
            columns.Number(heading);
        if (width > 0)
            columns.Text("");
        foreach (var (cells, number) in rows.Zip(numbers))
            columns.Row(width > 0 ? [.. cells, Of(number, largest, width)] : cells);
        screen.Show(columns.Build());
    }

    /// <summary>A bar whose length is to the width as the number is to the largest; the least sliver for anything above 0.</summary>
    public static string Of(long number, long largest, int width)
    {
        if (number <= 0 || largest <= 0 || width <= 0)
            return "";
        var eighths = Math.Max(1, (int)(8.0 * width * number / largest));
        var bar = new string('█', eighths / 8);
        return eighths % 8 == 0 ? bar : bar + Eighths[eighths % 8];
    }

    /// <summary>What other columns leave of a terminal for bars; 0 where that is too little to tell anything, or there is none.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="rows">The cells of the other columns, headings included.</param>
    private static int WidthBeside(Screen screen, IReadOnlyList<string[]> rows)
    {
        if (screen.Width is not { } width || rows.Count < 2)
            return 0;
        var used = Enumerable.Range(0, rows[0].Length).Sum(column => rows.Max(row => row[column].Length) + Gap) + Gap;
        return width - used < Narrowest ? 0 : Math.Min(Widest, width - used);
    }
}
