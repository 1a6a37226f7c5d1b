using Spectre.Console;

namespace StatHub.Cli.Output;

/// <summary>A table: names on the left, numbers on the right, every cell escaped.</summary>
internal sealed class Columns
{
    private const int Gap = 2;

    private readonly Table _table = new() { Border = TableBorder.None };

    public Columns Text(string heading) => Add(heading, Justify.Left, wraps: false);

    /// <summary>Text of any length, broken where the terminal ends.</summary>
    public Columns LongText(string heading) => Add(heading, Justify.Left, wraps: true);

    public Columns Number(string heading) => Add(heading, Justify.Right, wraps: false);

    /// <summary>Adds a row; text is never taken for markup.</summary>
    public Columns Row(params IEnumerable<string> cells)
    {
        _table.AddRow(cells.Select(cell => new Text(TerminalText.Of(cell))));
        return this;
    }

    public Table Build() => _table;

    private Columns Add(string heading, Justify justify, bool wraps)
    {
        // Spectre would put one space on either side; two on the right read better without lines.
        var column = new TableColumn(new Text(TerminalText.Of(heading), new Style(decoration: Decoration.Bold)))
        {
            Alignment = justify,
            NoWrap = !wraps,
            Padding = new Padding(0, 0, Gap, 0),
        };
        _table.AddColumn(column);
        return this;
    }
}
