using Spectre.Console;
using Spectre.Console.Rendering;

namespace StatHub.Cli.Output;

/// <summary>Where a command shows things: data on standard output, everything else on standard error.</summary>
internal sealed class Screen(TextWriter output, TextWriter error, Shell shell)
{
    // Files and pipes break no line.
    private const int NoWidth = 10_000;

    /// <summary>Columns of the terminal that shows the data; null when none does.</summary>
    public int? Width => shell.Output?.Width;

    /// <summary>The API's own JSON, to the byte, as a line.</summary>
    public async Task JsonAsync(string json)
    {
        await output.WriteAsync(json);
        if (!json.EndsWith('\n'))
            await output.WriteAsync('\n');
    }

    public Task LineAsync(string text) => output.WriteLineAsync(TerminalText.Of(text));

    /// <summary>A word to the person at the keyboard.</summary>
    public Task NoteAsync(string text) => error.WriteLineAsync(TerminalText.Of(text));

    /// <summary>A question, without an end of line.</summary>
    public Task AskAsync(string text) => error.WriteAsync(TerminalText.Of(text));

    public void Show(IRenderable table) => Console(output, shell.Output).Write(table);

    /// <summary>Standard output for bytes; the caller disposes it.</summary>
    public Stream OpenData() => shell.Output is null ? shell.OpenOutput() : new TerminalStream(shell.OpenOutput());

    /// <summary>A console for a progress bar; null where nobody would see it.</summary>
    public IAnsiConsole? ProgressConsole() => shell.Error is null ? null : Console(error, shell.Error);

    private static IAnsiConsole Console(TextWriter writer, Terminal? terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal is { HasColor: true } ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal is { HasColor: true } ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = terminal is null ? InteractionSupport.No : InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = terminal?.Width ?? NoWidth;
        return console;
    }
}
