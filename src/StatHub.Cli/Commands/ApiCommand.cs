using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands;

/// <summary>A verb that asks the API. What can end one early, it ends all in the same way.</summary>
internal abstract class ApiCommand : VerbCommand
{
    private readonly Shell _shell;
    private readonly Connection _connection;

    protected ApiCommand(string name, string description, string manual, Shell shell, Connection connection)
        : base(name, description, manual)
    {
        _shell = shell;
        _connection = connection;
        SetAction(RunAsync);
    }

    /// <summary>Prints the API's own JSON; for verbs that add it to their options.</summary>
    protected Option<bool> JsonOption { get; } = new("--json") { Description = "Print the API's JSON as it is." };

    protected abstract Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken);

    /// <summary>Prints an answer as its JSON or in the way of the command.</summary>
    protected async Task<int> PrintAsync<T>(ParseResult parsed, Screen screen, RestAnswer<T> answer, Action<T> show)
    {
        if (parsed.GetValue(JsonOption))
            await screen.JsonAsync(answer.Json);
        else
            show(answer.Value);
        return StatHubCommand.Success;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            using var api = _connection.Open(parsed);
            return await RunAsync(parsed, api, new Screen(parsed.InvocationConfiguration.Output, error, _shell), cancellationToken);
        }
        catch (CommandFailure failure)
        {
            await error.WriteLineAsync(TerminalText.OfLines(failure.Message));
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return StatHubCommand.Interrupted;
        }
        catch (IOException e) when (StandardOutput.IsGone(e))
        {
            // Whoever reads, such as head, has all that it wants.
            return StatHubCommand.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(TerminalText.Of(e.Message));
            return StatHubCommand.Failure;
        }
    }
}
