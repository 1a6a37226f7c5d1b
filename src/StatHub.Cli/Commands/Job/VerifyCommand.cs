using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Jobs;

namespace StatHub.Cli.Commands.Job;

/// <summary><c>stathub verify</c>: compares sums, raw hits and ledger.</summary>
internal sealed class VerifyCommand : ApiCommand
{
    private readonly Shell _shell;
    private readonly JobOptions _options = new();

    public VerifyCommand(Shell shell, Connection connection)
        : base("verify", "Compares every sum with the raw hits and the ledger.", """
            Reads all raw hits again, sums them as if they were counted now, and compares the result with what answers are
            made of: hits, bots, values and visitors of minutes, hours, days and months, top values, keys, and the ledger.
            It changes nothing, and hits go on to be counted. It needs the admin's token. Exit code 0 when all is well, 1
            when something differs.

            Examples:
              stathub verify
              stathub verify --tenant shop --from 2026-03-01 --to 2026-04-01
              stathub verify --json | jq .verified.differences
            """, shell, connection)
    {
        _shell = shell;
        _options.AddTo(this);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var done = await JobWatch.RunAsync(api, screen, _options.JobOf("verify", parsed), _shell.Time, cancellationToken);
        var result = done.Value.Verified!;
        if (parsed.GetValue(JsonOption))
            await screen.JsonAsync(done.Json);
        else
            await ShowAsync(screen, result);
        return result.Clean ? StatHubCommand.Success : StatHubCommand.Failure;
    }

    private static async Task ShowAsync(Screen screen, VerifyResult result)
    {
        await screen.LineAsync(
            $"{Figures.Of(result.Hits)} hits on {Figures.Of(result.Days)} days of {Figures.Of(result.Tenants)} tenants: "
            + (result.Clean ? "everything agrees." : $"{Figures.Of(result.DifferenceCount)} differences."));
        if (result.UnlabelledDays > 0)
            await screen.LineAsync($"On {Figures.Of(result.UnlabelledDays)} days hits were counted by an earlier version or with other patterns: what those say was not compared.");
        if (result.ExpiredDays > 0)
            await screen.LineAsync($"The raw hits of {Figures.Of(result.ExpiredDays)} further days are not kept any more.");
        if (result.Clean)
            return;
        var columns = new Columns().Text("Tenant").Text("Day").LongText("Key").LongText("What").LongText("Expected").LongText("Found");
        foreach (var one in result.Differences)
        {
            columns.Row(
                one.Tenant ?? Figures.Unknown, one.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? Figures.Unknown, one.Key ?? Figures.Unknown,
                one.What, one.Expected, one.Found);
        }
        screen.Show(columns.Build());
        if (result.DifferenceCount > result.Differences.Count)
            await screen.NoteAsync($"These are the first {Figures.Of(result.Differences.Count)} of {Figures.Of(result.DifferenceCount)} differences.");
    }
}
