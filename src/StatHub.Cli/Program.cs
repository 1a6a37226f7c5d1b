namespace StatHub.Cli;

// A class of its own: tests see the server's Program and this one.
internal static class CliProgram
{
    public static Task<int> Main(string[] args) => new StatHubCommand(Shell.OfThisProcess()).RunAsync(args);
}
