using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using StatHub.Cli.Commands;
using StatHub.Cli.Commands.Backup;
using StatHub.Cli.Commands.Completion;
using StatHub.Cli.Commands.Hits;
using StatHub.Cli.Commands.Job;
using StatHub.Cli.Commands.Journal;
using StatHub.Cli.Commands.Ledger;
using StatHub.Cli.Commands.Logs;
using StatHub.Cli.Commands.Monitor;
using StatHub.Cli.Commands.Nginx;
using StatHub.Cli.Commands.Server;
using StatHub.Cli.Commands.Token;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;

namespace StatHub.Cli;

/// <summary>The <c>stathub</c> command: its verbs, and the exit codes that all of them share.</summary>
internal sealed class StatHubCommand : RootCommand
{
    /// <summary>Done, or the answer is yes.</summary>
    public const int Success = 0;

    /// <summary>Not done, or the answer is no; why stands on standard error.</summary>
    public const int Failure = 1;

    /// <summary>The command was not understood, or the service cannot be reached; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C, as shells have it.</summary>
    public const int Interrupted = 130;

    public StatHubCommand(Shell shell)
        : base("""
            Works with StatHub, a hit counter that can prove its counts.

            Every command has --help with examples. Data goes to standard output, everything else to standard error.
            Exit codes: 0 done (or yes); 1 failed (or the service said no); 2 wrong usage, or the service cannot be reached; 130 Ctrl-C.
            """)
    {
        var help = Options.OfType<HelpOption>().Single();
        help.Action = new VerbCommand.Help((HelpAction)help.Action!, shell.Output?.Width ?? Terminal.HelpWidth);
        // Names of another system's help.
        help.Aliases.Remove("/h");
        help.Aliases.Remove("/?");
        var connection = new Connection(shell);
        Add(connection.Url);
        Add(connection.Token);
        Add(connection.Data);
        Add(new CountCommand(shell, connection));
        Add(new SeriesCommand(shell, connection));
        Add(new TopCommand(shell, connection));
        Add(new SumsCommand(shell, connection));
        Add(new HitsCommand(shell, connection));
        Add(new KeysCommand(shell, connection));
        Add(new LedgerCommand(shell, connection));
        Add(Tenants(shell, connection));
        Add(Tokens(shell, connection));
        Add(new ExplainCommand(shell, connection));
        Add(new VerifyCommand(shell, connection));
        Add(new CompactCommand(shell, connection));
        Add(new RebuildCommand(shell, connection));
        Add(new BackupCommand(shell, connection));
        Add(new RestoreCommand(shell, connection));
        Add(Jobs(shell, connection));
        Add(new ReopenCommand(shell, connection));
        Add(new ReadyCommand(connection));
        Add(new LogImportCommand(shell, connection));
        Add(new ImportsCommand(shell, connection));
        Add(new MonitorCommand(shell));
        Add(new GenerateCommand(shell));
        Add(new CompletionCommand());
    }

    public async Task<int> RunAsync(
        IReadOnlyList<string> args, InvocationConfiguration? configuration = null, CancellationToken cancellationToken = default)
    {
        var parsed = Parse(args);
        if (parsed is not { Errors.Count: > 0, Action: ParseErrorAction mistake })
            return await parsed.InvokeAsync(configuration, cancellationToken);
        // The list of verbs for who gave none; for others what is wrong, and where the manual is. Standard output is for data.
        configuration ??= new InvocationConfiguration();
        configuration.Output = configuration.Error;
        mistake.ShowHelp = parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.CommandResult.Command.Action is null;
        await parsed.InvokeAsync(configuration, cancellationToken);
        if (!mistake.ShowHelp)
            await configuration.Error.WriteLineAsync($"See {NameOf(parsed)} --help.");
        return Usage;
    }

    private static string NameOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
            names.Push(result is CommandResult { Command: not RootCommand } command ? command.Command.Name : "stathub");
        return string.Join(' ', names);
    }

    private static NounCommand Tenants(Shell shell, Connection connection) => new("tenant", "Registers, lists and erases tenants.", """
        Examples:
          stathub tenant list
          stathub tenant create shop --name "My shop"
          stathub tenant erase shop
        """,
        new Commands.Tenant.ListCommand(shell, connection),
        new Commands.Tenant.SetCommand(shell, connection),
        new Commands.Tenant.CreateCommand(shell, connection),
        new Commands.Tenant.EraseCommand(shell, connection));

    private static NounCommand Jobs(Shell shell, Connection connection) => new("job", "Lists and cancels long work of the service.", """
        Examples:
          stathub job list
          stathub job cancel 3
        """,
        new Commands.Job.ListCommand(shell, connection),
        new CancelCommand(shell, connection));

    private static NounCommand Tokens(Shell shell, Connection connection) => new("token", "Makes, lists, rotates and revokes tokens of the REST API.", """
        Examples:
          stathub token create report --tenant shop
          stathub token list --tenant shop
          stathub token show-admin
        """,
        new Commands.Token.ListCommand(shell, connection),
        new Commands.Token.CreateCommand(shell, connection),
        new RotateCommand(shell, connection),
        new ImportCommand(shell, connection),
        new RevokeCommand(shell, connection),
        new ShowAdminCommand(connection));
}
