using Spectre.Console;
using Spectre.Console.Rendering;
using StatHub.Cli.Output;

namespace StatHub.Cli.Commands.Hits;

/// <summary>A progress bar with rate and time left, where standard error is a terminal.</summary>
internal static class HitProgress
{
    /// <summary>Runs work that tells how many hits are done.</summary>
    /// <param name="screen">Where the bar is.</param>
    /// <param name="name">What is being made.</param>
    /// <param name="expected">How many hits there will be; asked only when somebody sees the bar.</param>
    /// <param name="work">The work.</param>
    public static async Task ShowAsync(Screen screen, string name, Func<Task<long>> expected, Func<Action<long>, Task> work)
    {
        if (screen.ProgressConsole() is not { } console)
        {
            await work(_ => { });
            return;
        }
        var hits = await expected();
        await new Progress(console)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(), new RemainingTimeColumn())
            .AutoClear(true)
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(Markup.Escape(TerminalText.Of(name)), maxValue: Math.Max(1, hits));
                await work(done => task.Value = done);
            });
    }

    private sealed class RateColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text($"{Figures.Of((long?)task.Speed)} hits/s");
    }
}
