using Spectre.Console;
using StatHub.Core.Work;

namespace StatHub.Cli.Output;

/// <summary>A progress bar with rate and time left for work of this process, where standard error is a terminal.</summary>
internal static class WorkBar
{
    /// <summary>Runs work that tells how far it is.</summary>
    public static async Task<T> ShowAsync<T>(Screen screen, string name, Func<Action<WorkProgress>, Task<T>> work)
    {
        if (screen.ProgressConsole() is not { } console)
            return await work(_ => { });
        var rate = new RateColumn();
        return await new Progress(console)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), rate, new RemainingTimeColumn())
            .AutoClear(true)
            .StartAsync(progress =>
            {
                var task = progress.AddTask(name, maxValue: 1);
                return work(told =>
                {
                    (task.MaxValue, rate.Unit) = (Math.Max(1, told.Total), told.Unit);
                    task.Value = told.Done;
                });
            });
    }
}
