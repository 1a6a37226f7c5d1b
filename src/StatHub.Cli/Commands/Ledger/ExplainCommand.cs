using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Ledger;

namespace StatHub.Cli.Commands.Ledger;

/// <summary><c>stathub explain</c>: what becomes of one journal line.</summary>
internal sealed class ExplainCommand : ApiCommand
{
    private readonly Shell _shell;
    private readonly Argument<string> _line = new("line") { Description = "The line as nginx wrote it; - reads it from standard input." };

    public ExplainCommand(Shell shell, Connection connection)
        : base("explain", "Tells what becomes of one journal line, and why.", """
            Shows the outcome that the line has when it is read now, what is read from it, and whether it was counted before:
            how many raw hits are made of it. Nothing is counted by asking. It needs the admin's token. Exit code 0 for a hit,
            1 for a line that is refused.

            Examples:
              stathub explain '{"tenant":"demo","key":"home","msec":1795320979.016,"args":"tv=1,5"}'
              stathub ledger rejected --reason bad_value --json | jq -r '.[0].line' | stathub explain -
            """, shell, connection)
    {
        _shell = shell;
        Add(_line);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var line = parsed.GetRequiredValue(_line);
        if (line == "-")
            line = (await _shell.Input().ReadToEndAsync(cancellationToken)).TrimEnd('\r', '\n');
        var told = await api.PostTextAsync(RestPath.Of("ledger", "explain"), line, RestCaller.Json.ExplainedLine, cancellationToken);
        await PrintAsync(parsed, screen, told, value => Show(screen, value));
        return told.Value.Outcome == "counted" ? StatHubCommand.Success : StatHubCommand.Failure;
    }

    private static void Show(Screen screen, ExplainedLine line)
    {
        var columns = new Columns().Text("Outcome").LongText(line.Outcome).Row("why", line.Why);
        if (line.Tenant is not null)
            columns.Row("tenant", line.Tenant);
        if (line.Key is not null)
        {
            columns.Row("key", line.Key).Row("time", Figures.Of(line.Time!.Value)).Row("value", line.Value!.Value.ToString())
                .Row("bot", line.Bot ?? "no").Row("raw hits of it", Figures.Of(line.RawHits));
        }
        foreach (var (name, value) in line.Dimensions)
            columns.Row(name, value);
        screen.Show(columns.Build());
    }
}
