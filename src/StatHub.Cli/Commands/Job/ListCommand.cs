using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Jobs;

namespace StatHub.Cli.Commands.Job;

/// <summary><c>stathub job list</c>: long work of the service.</summary>
internal sealed class ListCommand : ApiCommand
{
    public ListCommand(Shell shell, Connection connection)
        : base("list", "Lists long work since the service started, the latest first.", """
            It needs the admin's token.

            Examples:
              stathub job list
              stathub job list --json | jq '.[0].state'
            """, shell, connection) => Add(JsonOption);

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var jobs = await api.GetAsync(RestPath.Of("jobs"), RestCaller.Json.IReadOnlyListJobInfo, cancellationToken);
        return await PrintAsync(parsed, screen, jobs, value => Show(screen, value));
    }

    private static void Show(Screen screen, IReadOnlyList<JobInfo> jobs)
    {
        var columns = new Columns().Number("Job").Text("Kind").Text("Tenant").Text("State").Number("Done").Text("Since").LongText("Error");
        foreach (var job in jobs)
        {
            var done = job.Progress is { Total: > 0 } progress ? $"{100 * progress.Done / progress.Total} %" : Figures.Unknown;
            columns.Row(Figures.Of(job.Id), job.Kind, job.Tenant ?? "all", job.State, done, Figures.Of(job.CreatedAt), job.Error ?? "");
        }
        screen.Show(columns.Build());
    }
}
