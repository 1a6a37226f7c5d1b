using System.CommandLine;
using System.Net.Sockets;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Server;

/// <summary><c>stathub ready</c>: asks <c>/readyz</c>, for container health checks and scripts.</summary>
internal sealed class ReadyCommand : VerbCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Connection _connection;

    public ReadyCommand(Connection connection)
        : base("ready", "Asks the server whether it is ready.", """
            Ready means: the journal is readable, cuts work, the server keeps up, the disk has room.
            Exit code 0 when it is; 1 when it is not, with the reasons, or when it does not answer within 5 seconds.
            No token is needed.

            Examples:
              stathub ready
              stathub ready --url http://127.0.0.1:8080
            """)
    {
        _connection = connection;
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            return await AskAsync(parsed, new Uri(_connection.Server(parsed), "readyz"), cancellationToken);
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
    }

    private static async Task<int> AskAsync(ParseResult parsed, Uri url, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = !url.IsLoopback }) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(url, cancellationToken);
            // Whatever answered there is not trusted with this terminal.
            var text = TerminalText.OfLines((await answer.Content.ReadAsStringAsync(cancellationToken)).Trim());
            if (answer.IsSuccessStatusCode)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(text.Length > 0 ? text : "ready");
                return StatHubCommand.Success;
            }
            await error.WriteLineAsync($"Not ready ({(int)answer.StatusCode}): {text}");
        }
        catch (HttpRequestException e)
        {
            var reason = e.InnerException is SocketException socket ? socket.Message : e.Message;
            await error.WriteLineAsync($"Not ready: {url} cannot be reached: {reason}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync($"Not ready: {url} did not answer within {Patience.TotalSeconds:0} s.");
        }
        return StatHubCommand.Failure;
    }
}
