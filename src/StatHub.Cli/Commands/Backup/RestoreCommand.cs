using System.CommandLine;
using System.Text.Json;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Storage;
using StatHub.Storage.Backups;

namespace StatHub.Cli.Commands.Backup;

/// <summary><c>stathub restore</c>: puts a backup into a data folder that no service uses.</summary>
internal sealed class RestoreCommand : VerbCommand
{
    private readonly Argument<DirectoryInfo> _backup = new("backup") { Description = "The folder of the backup." };
    private readonly Option<bool> _replace = new("--replace") { Description = "Move a store that is there aside, within the data folder. Nothing is deleted." };
    private readonly Option<bool> _json = new("--json") { Description = "Print what was restored as JSON." };
    private readonly Shell _shell;
    private readonly Connection _connection;

    public RestoreCommand(Shell shell, Connection connection)
        : base("restore", "Puts a backup into a data folder, while the service is stopped.", """
            Stop the API first (nginx may go on), and run this as the user that the API runs as. Every byte is compared
            with what was backed up before anything in the folder changes. Journal, salts and the admin's token of the
            folder stay; tenants that were erased since the backup are erased again. At the end the store is opened once;
            start the API then, and 'stathub verify' proves the rest. Exit code 1 when the backup is damaged, or the
            folder is in use or has a store already.

            Examples:
              stathub restore /data/backups/20261122T031500Z --data /data --replace
              stathub restore /mnt/backups/20261122T031500Z --data ./new --json
            """)
    {
        (_shell, _connection) = (shell, connection);
        Add(_backup);
        Add(_replace);
        Add(_json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = new Screen(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, _shell);
        if (_connection.NamedFolder(parsed) is not { } data)
        {
            await screen.NoteAsync($"Which data folder? Give --data, or set {Connection.DataVariable}.");
            return StatHubCommand.Usage;
        }
        try
        {
            var restore = new StoreRestore(parsed.GetRequiredValue(_backup).FullName, Path.GetFullPath(data), parsed.GetValue(_replace), _shell.Time);
            // A bar is drawn meanwhile.
            var restored = await WorkBar.ShowAsync(screen, "restore", bar => Task.Run(
                () => restore.RunAsync(told => bar?.Tell(told.Done, told.Total, told.Unit), cancellationToken), cancellationToken));
            await (parsed.GetValue(_json) ? screen.JsonAsync(Json(restored)) : ShowAsync(screen, restored));
            return StatHubCommand.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return StatHubCommand.Interrupted;
        }
        catch (Exception exception) when (exception is StoreException or IOException or UnauthorizedAccessException)
        {
            await screen.NoteAsync(exception.Message);
            return StatHubCommand.Failure;
        }
    }

    private static async Task ShowAsync(Screen screen, RestoredStore restored)
    {
        var last = restored.LastCommit is { } minute ? $", the last of them committed at {Figures.Of(minute)}" : "";
        await screen.LineAsync($"{Figures.Of(restored.Tenants)} tenants with {Figures.Of(restored.Hits)} hits{last}.");
        await screen.LineAsync(
            $"{Figures.Of(restored.Files)} files with {Figures.Bytes(restored.Bytes)} are as they were backed up at {Figures.Of(restored.MadeAt)}, and the store opens.");
        if (restored.Erased.Count > 0)
            await screen.LineAsync($"Erased again, as since the backup: {string.Join(", ", restored.Erased)}.");
        if (restored.Replaced is { } replaced)
            await screen.LineAsync($"The store that was there is in {replaced}.");
        await screen.NoteAsync("Start the API now. 'stathub verify' proves that all sums agree with the raw hits.");
    }

    private static string Json(RestoredStore restored) => JsonSerializer.Serialize(
        new RestoreReport(
            restored.Batch, restored.MadeAt, restored.Tenants, restored.Hits, restored.LastCommit, restored.Files, restored.Bytes,
            [.. restored.Erased.Select(tenant => tenant.ToString())], restored.Replaced),
        RestoreJson.Default.RestoreReport);
}
