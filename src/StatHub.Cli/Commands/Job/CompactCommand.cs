using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Jobs;

namespace StatHub.Cli.Commands.Job;

/// <summary><c>stathub compact</c>: compacts finished days now.</summary>
internal sealed class CompactCommand : ApiCommand
{
    private readonly Shell _shell;
    private readonly Option<string?> _tenant = CommonArguments.TenantOption("Only this tenant. Without it all.");

    public CompactCommand(Shell shell, Connection connection)
        : base("compact", "Brings finished days into one file per tenant now.", """
            The service does so by itself two hours after the end of a day, slowly. This does it now and as fast as it goes, also
            for days that got late hits since. Answers do not change, and readers are not disturbed. It needs the admin's token.
            Exit code 1 when a day had to be left as it is.

            Examples:
              stathub compact
              stathub compact --tenant shop --json
            """, shell, connection)
    {
        _shell = shell;
        Add(_tenant);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var done = await JobWatch.RunAsync(api, screen, new NewJob("compact", parsed.GetValue(_tenant)), _shell.Time, cancellationToken);
        var result = done.Value.Compacted!;
        if (parsed.GetValue(JsonOption))
        {
            await screen.JsonAsync(done.Json);
        }
        else
        {
            await screen.LineAsync(result.Days == 0
                ? "No day was compacted."
                : $"{Figures.Of(result.Hits)} hits on {Figures.Of(result.Days)} days of tenants: {Figures.Bytes(result.BytesBefore)} are {Figures.Bytes(result.BytesAfter)} now.");
        }
        foreach (var problem in result.Problems)
            await screen.NoteAsync(problem);
        return result.Problems.Count == 0 ? StatHubCommand.Success : StatHubCommand.Failure;
    }
}
