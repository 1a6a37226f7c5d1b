using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Ledger;
using StatHub.Core.Journal;

namespace StatHub.Cli.Commands.Ledger;

/// <summary><c>stathub ledger rejected</c>: samples of refused lines.</summary>
internal sealed class RejectedCommand : ApiCommand
{
    private const int MostLines = 1000;

    private readonly Option<string?> _reason = new("--reason") { Description = "Only lines refused for this reason.", HelpName = "reason" };
    private readonly Option<long?> _limit = CommonArguments.Limit("At most so many lines. Without it 100.", MostLines);

    public RejectedCommand(Shell shell, Connection connection)
        : base("rejected", "Shows the first refused lines of each reason and day.", $"""
            Newest day first, with the journal file and the offset at which each began. Control characters are shown as
            escapes. It needs the admin's token.

            Reasons:
              {string.Join(Environment.NewLine + "  ", RejectReasons.All.Select(RejectReasons.Name).Chunk(8).Select(names => string.Join(' ', names)))}

            Examples:
              stathub ledger rejected
              stathub ledger rejected --reason bad_value --limit 20
            """, shell, connection)
    {
        _reason.CompletionSources.Add([.. RejectReasons.All.Select(RejectReasons.Name)]);
        Add(_reason);
        Add(_limit);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var path = RestPath.Of("ledger", "rejected").With("reason", parsed.GetValue(_reason)).With("limit", parsed.GetValue(_limit));
        var lines = await api.GetAsync(path, RestCaller.Json.IReadOnlyListRefusedLine, cancellationToken);
        if (screen.Width is null || parsed.GetValue(JsonOption))
            return await PrintAsync(parsed, screen, lines, value => ShowTable(screen, value));
        await ShowBelowAsync(screen, lines.Value);
        return StatHubCommand.Success;
    }

    // A refused line is longer than any terminal is wide: it stands by itself, below what is known of it.
    private static async Task ShowBelowAsync(Screen screen, IReadOnlyList<RefusedLine> lines)
    {
        foreach (var line in lines)
        {
            await screen.LineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{line.Reason}, {Figures.Of(line.CommittedAt)}, {line.File} at {line.Offset}"));
            await screen.LineAsync($"  {line.Line}");
        }
    }

    private static void ShowTable(Screen screen, IReadOnlyList<RefusedLine> lines)
    {
        var columns = new Columns().Text("Reason").Text("Settled").Text("File").Number("Offset").Text("Line");
        foreach (var line in lines)
        {
            columns.Row(
                line.Reason, Figures.Of(line.CommittedAt), line.File, line.Offset.ToString(CultureInfo.InvariantCulture), line.Line);
        }
        screen.Show(columns.Build());
    }
}
