using StatHub.Cli.Output;

namespace StatHub.Cli;

/// <summary>What the shell that a command runs in gives it. Standard output and error as text are System.CommandLine's.</summary>
internal sealed record Shell
{
    /// <summary>The value of an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where answers to questions are read.</summary>
    public required Func<TextReader> Input { get; init; }

    /// <summary>Opens standard input for bytes.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Opens standard output for bytes.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>The terminal behind standard output; null when it is a file or a pipe.</summary>
    public Terminal? Output { get; init; }

    /// <summary>The terminal behind standard error.</summary>
    public Terminal? Error { get; init; }

    /// <summary>Takes the whole of the terminal; null when there is none.</summary>
    public Func<TerminalWindow>? OpenWindow { get; init; }

    /// <summary>The folder that relative names start at.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>The shell of this process.</summary>
    public static Shell OfThisProcess() => new()
    {
        Variable = Environment.GetEnvironmentVariable,
        Input = () => Console.In,
        OpenOutput = StandardOutput.Open,
        Output = Console.IsOutputRedirected ? null : TerminalOfThisProcess(),
        Error = Console.IsErrorRedirected ? null : TerminalOfThisProcess(),
        OpenWindow = Console.IsOutputRedirected ? null : TerminalWindow.OfThisProcess,
    };

    private static Terminal TerminalOfThisProcess() => new(
        Console.WindowWidth > 0 ? Console.WindowWidth : Terminal.UsualWidth,
        // https://no-color.org: set to anything but nothing.
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb"));
}
