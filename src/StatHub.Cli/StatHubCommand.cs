using System.CommandLine;
using System.CommandLine.Help;
using StatHub.Cli.Commands;
using StatHub.Cli.Commands.Journal;
using StatHub.Cli.Commands.Server;
using StatHub.Cli.Commands.Token;

namespace StatHub.Cli;

/// <summary>The <c>stathub</c> command: its verbs, and the exit codes that all of them share.</summary>
internal sealed class StatHubCommand : RootCommand
{
    /// <summary>Done, or the answer is yes.</summary>
    public const int Success = 0;

    /// <summary>Not done, or the answer is no; why stands on standard error.</summary>
    public const int Failure = 1;

    /// <summary>The command was not understood; nothing was done.</summary>
    public const int Usage = 2;

    public StatHubCommand(Func<string, string?> environment)
        : base("""
            Works with StatHub, a hit counter that can prove its counts.

            Every command has the exit codes 0 done (or yes), 1 failed (or no), 2 wrong usage, and --help with examples.
            """)
    {
        var help = Options.OfType<HelpOption>().Single();
        help.Action = new VerbCommand.Help((HelpAction)help.Action!);
        Add(new Command("token", "Tokens of the REST API.") { new ShowAdminCommand(environment) });
        Add(new ReadyCommand(environment));
        Add(new GenerateCommand(TimeProvider.System));
    }

    public async Task<int> RunAsync(IReadOnlyList<string> args, InvocationConfiguration? configuration = null)
    {
        var parsed = Parse(args);
        var code = await parsed.InvokeAsync(configuration);
        return parsed.Errors.Count > 0 ? Usage : code;
    }
}
