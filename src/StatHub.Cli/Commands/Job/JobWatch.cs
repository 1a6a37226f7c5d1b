using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Jobs;

namespace StatHub.Cli.Commands.Job;

/// <summary>Asks for a job, shows how far it is where standard error is a terminal, and waits for its end. Ctrl-C cancels the job.</summary>
internal static class JobWatch
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Runs a job to its end.</summary>
    /// <exception cref="CommandFailure">It failed, or somebody else cancelled it.</exception>
    public static async Task<RestAnswer<JobInfo>> RunAsync(RestCaller api, Screen screen, NewJob job, TimeProvider time, CancellationToken cancellationToken)
    {
        var queued = await api.PostAsync(RestPath.Of("jobs"), job, RestCaller.Json.NewJob, RestCaller.Json.JobInfo, cancellationToken);
        var path = RestPath.Of("jobs", queued.Value.Id.ToString(CultureInfo.InvariantCulture));
        try
        {
            var ended = await WorkBar.ShowAsync(screen, job.Kind!, bar => PollAsync(api, path, queued, time, bar, cancellationToken));
            return ended.Value.State == "done" ? ended : throw CommandFailure.Failed($"The job {ended.Value.State}: {ended.Value.Error ?? "somebody ended it"}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await api.DeleteAsync(path, CancellationToken.None);
            throw;
        }
    }

    private static async Task<RestAnswer<JobInfo>> PollAsync(
        RestCaller api, RestPath path, RestAnswer<JobInfo> job, TimeProvider time, WorkBar? bar, CancellationToken cancellationToken)
    {
        while (job.Value.EndedAt is null)
        {
            await Task.Delay(Pause, time, cancellationToken);
            job = await api.GetAsync(path, RestCaller.Json.JobInfo, cancellationToken);
            if (bar is not null)
                Show(bar, job.Value);
        }
        return job;
    }

    private static void Show(WorkBar bar, JobInfo job)
    {
        bar.Name(job.State == "queued" ? $"{job.Kind} waits for other jobs" : job.Kind);
        if (job.Progress is { } progress)
            bar.Tell(progress.Done, progress.Total, progress.Unit);
    }
}
