using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Nginx;

namespace StatHub.Cli.Commands.Nginx;

/// <summary><c>stathub reopen</c>: cuts the journal.</summary>
internal sealed class ReopenCommand : ApiCommand
{
    public ReopenCommand(Shell shell, Connection connection)
        : base("reopen", "Cuts the journal now: renames the live file and makes nginx reopen its logs.", """
            The service does so by itself every minute. It needs the admin's token. Exit code 1 when nginx could not be
            signalled; an empty file is not cut, which is no failure.

            Examples:
              stathub reopen
              stathub reopen --json
            """, shell, connection) => Add(JsonOption);

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var done = await api.PostAsync(RestPath.Of("nginx", "reopen"), RestCaller.Json.ReopenDone, cancellationToken);
        if (parsed.GetValue(JsonOption))
            await screen.JsonAsync(done.Json);
        else
            await screen.LineAsync(Describe(done.Value));
        return StatHubCommand.Success;
    }

    private static string Describe(ReopenDone done) => done.File is null
        ? $"Nothing was cut. {done.Detail}".TrimEnd()
        : $"{done.File}, {Figures.Bytes(done.Bytes)}, {(done.Signalled ? "nginx was signalled" : "nginx was not signalled")}.";
}
