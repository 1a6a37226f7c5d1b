using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Ledger;

namespace StatHub.Cli.Commands.Ledger;

/// <summary><c>stathub ledger</c>: where the lines of the journal went.</summary>
internal sealed class LedgerCommand : ApiCommand
{
    private readonly RangeOptions _range;
    private readonly Option<string?> _tenant = CommonArguments.TenantOption("Only lines of this tenant. Without it all, for which the token must be an admin's.");

    public LedgerCommand(Shell shell, Connection connection)
        : base("ledger", "Accounts for every line of the journal.", $"""
            Lines are counted, or refused for a reason; the sum is every line that was read. The range is by the time of
            commit. Exit code 1 when the sum does not hold.

            {RangeOptions.Manual}

            Examples:
              stathub ledger
              stathub ledger --tenant demo --last 30d
              stathub ledger --json | jq .rejected
              stathub ledger rejected --reason bad_value
            """, shell, connection)
    {
        _range = new RangeOptions(shell.Time);
        _range.AddTo(this);
        Add(_tenant);
        Add(JsonOption);
        Add(new RejectedCommand(shell, connection));
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var path = _range.AddTo(RestPath.Of("ledger"), parsed).With("tenant", parsed.GetValue(_tenant));
        var ledger = await api.GetAsync(path, RestCaller.Json.LedgerSums, cancellationToken);
        await PrintAsync(parsed, screen, ledger, value => Show(screen, value));
        if (ledger.Value.Lines == ledger.Value.Counted + ledger.Value.Rejected.Values.Sum())
            return StatHubCommand.Success;
        await screen.NoteAsync("The ledger does not balance: lines are not counted and refused ones together.");
        return StatHubCommand.Failure;
    }

    private static void Show(Screen screen, LedgerSums ledger)
    {
        var columns = new Columns().Text("Ledger").Number("Lines").Row("counted", Figures.Of(ledger.Counted));
        foreach (var (reason, lines) in ledger.Rejected)
            columns.Row($"refused: {reason}", Figures.Of(lines));
        columns.Row("all", Figures.Of(ledger.Lines)).Row("", "")
            .Row("not read yet", Figures.Bytes(ledger.PendingBytes))
            .Row("from", Figures.Of(ledger.From))
            .Row("to", ledger.To is { } to ? Figures.Of(to) : Figures.Unknown)
            .Row("as of", Figures.Of(ledger.AsOf));
        screen.Show(columns.Build());
    }
}
