using Spectre.Console;

namespace StatHub.Cli.Output;

/// <summary>A progress bar with rate and time left.</summary>
internal sealed class WorkBar
{
    private readonly ProgressTask _task;
    private readonly RateColumn _rate;

    private WorkBar(ProgressTask task, RateColumn rate) => (_task, _rate) = (task, rate);

    /// <summary>Shows a bar while work is done; the work is given none where standard error is no terminal.</summary>
    public static async Task<T> ShowAsync<T>(Screen screen, string name, Func<WorkBar?, Task<T>> work)
    {
        if (screen.ProgressConsole() is not { } console)
            return await work(null);
        var rate = new RateColumn();
        return await new Progress(console)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), rate, new RemainingTimeColumn())
            .AutoClear(true)
            .StartAsync(progress => work(new WorkBar(progress.AddTask(name, maxValue: 1), rate)));
    }

    /// <summary>Says what is done.</summary>
    public void Name(string name) => _task.Description = name;

    /// <summary>Says how far it is.</summary>
    public void Tell(long done, long total, string unit)
    {
        (_task.MaxValue, _rate.Unit) = (Math.Max(1, total), unit);
        _task.Value = done;
    }
}
