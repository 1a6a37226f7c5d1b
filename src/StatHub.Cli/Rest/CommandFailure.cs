using StatHub.Cli.Output;
using StatHub.Contracts;

namespace StatHub.Cli.Rest;

/// <summary>Ends a command with a message on standard error and an exit code. Thrown anywhere, caught once.</summary>
internal sealed class CommandFailure : Exception
{
    private CommandFailure(int exitCode, string message, bool isPassing = false)
        : base(message)
    {
        ExitCode = exitCode;
        IsPassing = isPassing;
    }

    public int ExitCode { get; }

    /// <summary>Whether the same request may go well in a while: the service is restarting, asked too often, or the network is.</summary>
    public bool IsPassing { get; }

    public static CommandFailure Usage(string message) => new(StatHubCommand.Usage, message);

    public static CommandFailure Failed(string message) => new(StatHubCommand.Failure, message);

    public static CommandFailure Unreachable(Uri server, string why) =>
        new(StatHubCommand.Usage, $"{server} cannot be reached: {why}", isPassing: true);

    public static CommandFailure BrokenOff(Uri server) =>
        new(StatHubCommand.Failure, $"The answer of {server} broke off; it is not whole.", isPassing: true);

    /// <summary>The service said no.</summary>
    public static CommandFailure Refused(Problem problem, string? hint) =>
        new(StatHubCommand.Failure, string.Join(Environment.NewLine, Lines(problem, hint)), problem.Status is 429 or >= 500);

    /// <summary>An answer that StatHub would not give.</summary>
    public static CommandFailure Strange(Uri server, int status, string what) =>
        new(StatHubCommand.Failure, $"{server} answered {status} {what}; is that StatHub?", status >= 500);

    private static IEnumerable<string> Lines(Problem problem, string? hint)
    {
        // "See 'errors'" would send people to what is listed here anyway.
        yield return problem.Errors is null && problem.Reasons is null && problem.Detail is not null
            ? TerminalText.Of($"{problem.Title} {problem.Detail}")
            : TerminalText.Of(problem.Title);
        foreach (var (name, messages) in problem.Errors ?? new Dictionary<string, string[]>())
        {
            foreach (var message in messages)
                yield return TerminalText.Of($"  {name}: {message}");
        }
        foreach (var reason in problem.Reasons ?? [])
            yield return TerminalText.Of($"  {reason}");
        if (problem.TraceId is not null)
            yield return TerminalText.Of($"  trace id: {problem.TraceId}");
        if (hint is not null)
            yield return hint;
    }
}
