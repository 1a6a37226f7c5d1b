using Spectre.Console;
using Spectre.Console.Rendering;

namespace StatHub.Cli.Output;

/// <summary>How much of something is done in a second, beside a progress bar.</summary>
internal sealed class RateColumn : ProgressColumn
{
    private const string OfBytes = "bytes";

    /// <summary>What is counted.</summary>
    public string Unit { get; set; } = "";

    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(Unit == OfBytes ? $"{Figures.Bytes((long)(task.Speed ?? 0))}/s" : $"{Figures.Of((long?)task.Speed)} {Unit}/s");
}
