using System.Text;
using Spectre.Console.Rendering;

namespace StatHub.Cli.Monitor;

/// <summary>A line of a screen: text in cells of known widths, with colours. Text in it is safe for a terminal already.</summary>
/// <param name="width">How many columns it has.</param>
internal sealed class StyledLine(int width)
{
    private readonly StringBuilder _text = new();
    private int _used;

    /// <summary>Adds text, as far as there is room.</summary>
    public StyledLine Add(string text, Style style = Style.None)
    {
        var fitting = Cut(text, width - _used, out var cells);
        if (cells == 0)
            return this;
        _used += cells;
        if (style == Style.None)
            _text.Append(fitting);
        else
            _text.Append(Code(style)).Append(fitting).Append("\e[0m");
        return this;
    }

    /// <summary>Adds text in a column of its own, on its left or right side; what is too long is cut.</summary>
    public StyledLine Cell(string text, int columns, Style style = Style.None, bool isRight = false)
    {
        columns = Math.Max(0, Math.Min(columns, width - _used));
        var fitting = Cut(text, columns, out var cells);
        if (cells < CellsOf(text) && columns > 1)
            fitting = Cut(text, columns - 1, out cells) + "…";
        cells = Math.Min(columns, CellsOf(fitting));
        var space = new string(' ', columns - cells);
        return Add(isRight ? space + fitting : fitting + space, style);
    }

    /// <summary>Adds spaces up to a column.</summary>
    public StyledLine To(int column, Style style = Style.None) => Add(new string(' ', Math.Max(0, column - _used)), style);

    public override string ToString() => _text.ToString();

    /// <summary>How many columns a text takes; letters of East Asia take two.</summary>
    public static int CellsOf(string text) => new Segment(text).CellCount();

    private static string Cut(string text, int columns, out int cells)
    {
        cells = CellsOf(text);
        if (cells <= columns)
            return text;
        var cut = columns <= 0 ? "" : Segment.Truncate(new Segment(text), columns)?.Text ?? "";
        cells = CellsOf(cut);
        return cut;
    }

    private static string Code(Style style) => style switch
    {
        Style.Bold => "\e[1m",
        Style.Dim => "\e[2m",
        Style.Inverse => "\e[7m",
        Style.Good => "\e[32m",
        Style.Moved => "\e[36m",
        Style.Warning => "\e[33m",
        Style.Bad => "\e[31m",
        Style.Alarm => "\e[1;37;41m",
        _ => "",
    };
}

/// <summary>How text looks.</summary>
internal enum Style
{
    None,
    Bold,
    Dim,
    Inverse,
    Good,
    Moved,
    Warning,
    Bad,
    Alarm,
}
