using System.CommandLine;
using StatHub.Cli.Commands.Job;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Jobs;

namespace StatHub.Cli.Commands.Backup;

/// <summary><c>stathub backup</c>: backs the whole store up.</summary>
internal sealed class BackupCommand : ApiCommand
{
    private readonly Shell _shell;

    public BackupCommand(Shell shell, Connection connection)
        : base("backup", "Backs the whole store up, while hits go on to be counted.", """
            The service writes a folder named by the instant, such as 20261122T031500Z, to its folder of backups
            (StatHub__Backup__Folder), and removes the oldest when there are more than it keeps. What is in it belongs
            to one moment. Salts, the admin's token and lines that are not counted yet are not in it. 'stathub restore'
            puts it back. It needs the admin's token. Exit code 1 when there is no whole backup at the end.

            Examples:
              stathub backup
              stathub backup --json | jq -r .backedUp.path
            """, shell, connection)
    {
        _shell = shell;
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var done = await JobWatch.RunAsync(api, screen, new NewJob("backup"), _shell.Time, cancellationToken);
        if (parsed.GetValue(JsonOption))
        {
            await screen.JsonAsync(done.Json);
            return StatHubCommand.Success;
        }
        var made = done.Value.BackedUp!;
        await screen.LineAsync(made.Path);
        await screen.NoteAsync(
            $"{Figures.Of(made.Files)} files with {Figures.Bytes(made.Bytes)}, of which {Figures.Bytes(made.LinkedBytes)} are shared with the backup before, up to commit {Figures.Of(made.Batch)}."
            + (made.Removed > 0 ? $" {Figures.Of(made.Removed)} older backups are removed." : ""));
        return StatHubCommand.Success;
    }
}
