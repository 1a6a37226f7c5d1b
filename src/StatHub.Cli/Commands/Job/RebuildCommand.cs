using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Jobs;

namespace StatHub.Cli.Commands.Job;

/// <summary><c>stathub rebuild</c>: labels and sums raw hits again.</summary>
internal sealed class RebuildCommand : ApiCommand
{
    private readonly Shell _shell;
    private readonly JobOptions _options = new();

    public RebuildCommand(Shell shell, Connection connection)
        : base("rebuild", "Labels and sums raw hits again, as if they were counted now.", """
            For new patterns of bots and browsers, after an update or another StatHub:Bots:List, and for sums that 'stathub verify'
            finds fault with. Raw hits get the labels of now; bots, visitors and top values follow. Countries and visitors' hashes
            stay those of the time when a hit was counted. Hits go on to be counted, and a day's answers are those of before until
            they are replaced at once. Days whose raw hits are not kept any more stay as they are. It needs the admin's token. Exit
            code 1 when a day had to be left as it is.

            Examples:
              stathub rebuild
              stathub rebuild --tenant shop --from 2026-03-01 --to 2026-04-01
              stathub rebuild --json | jq .rebuilt
            """, shell, connection)
    {
        _shell = shell;
        _options.AddTo(this);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var done = await JobWatch.RunAsync(api, screen, _options.JobOf("rebuild", parsed), _shell.Time, cancellationToken);
        var result = done.Value.Rebuilt!;
        if (parsed.GetValue(JsonOption))
            await screen.JsonAsync(done.Json);
        else
            await ShowAsync(screen, result);
        foreach (var problem in result.Problems)
            await screen.NoteAsync(problem);
        return result.Problems.Count == 0 ? StatHubCommand.Success : StatHubCommand.Failure;
    }

    private static async Task ShowAsync(Screen screen, RebuildResult result)
    {
        await screen.LineAsync(
            $"{Figures.Of(result.Hits)} hits on {Figures.Of(result.Days)} days of {Figures.Of(result.Tenants)} tenants: "
            + $"{Figures.Of(result.Relabelled)} have another label, {Figures.Of(result.Replaced)} sums of a day were replaced.");
        if (result.ExpiredDays > 0)
            await screen.LineAsync($"The raw hits of {Figures.Of(result.ExpiredDays)} further days are not kept any more: they stay as they are.");
    }
}
