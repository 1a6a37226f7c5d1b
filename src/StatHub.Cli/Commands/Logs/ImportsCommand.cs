using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Logs;

namespace StatHub.Cli.Commands.Logs;

/// <summary><c>stathub imports</c>: logs that were imported.</summary>
internal sealed class ImportsCommand : ApiCommand
{
    private const int MostLogs = 1000;

    private readonly Argument<string> _tenant = CommonArguments.Tenant();
    private readonly Option<long?> _limit = CommonArguments.Limit("At most so many logs. Without it 100.", MostLogs);

    public ImportsCommand(Shell shell, Connection connection)
        : base("imports", "Lists the logs that were imported, and what became of their lines.", """
            The newest first. A log whose content was known is not in it. Samples of lines that were refused are in
            'stathub ledger rejected --reason log_bad_time', with their numbers.

            Examples:
              stathub imports shop
              stathub imports shop --limit 1 --json
            """, shell, connection)
    {
        Add(_tenant);
        Add(_limit);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var path = RestPath.Of("tenants", parsed.GetRequiredValue(_tenant), "logs").With("limit", parsed.GetValue(_limit));
        var logs = await api.GetAsync(path, RestCaller.Json.IReadOnlyListImportedLog, cancellationToken);
        return await PrintAsync(parsed, screen, logs, value => Show(screen, value));
    }

    private static void Show(Screen screen, IReadOnlyList<ImportedLog> logs)
    {
        var columns = new Columns().Text("Imported").Text("Format").Text("Key").Number("Lines").Number("Counted").Number("Sent").LongText("Not read");
        foreach (var log in logs)
        {
            columns.Row(
                Figures.Of(log.Time), log.Format, log.Key ?? "–", Figures.Of(log.Lines), Figures.Of(log.StreamLines ?? log.Entries), Figures.Bytes(log.Bytes),
                log.Refused.Count == 0 ? "–" : string.Join(", ", log.Refused.Select(refused => $"{refused.Key} {Figures.Of(refused.Value)}")));
        }
        screen.Show(columns.Build());
    }
}
