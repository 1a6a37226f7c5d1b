using StatHub.Cli.Output;
using StatHub.Core.Alerts;
using StatHub.Core.Logs;
using StatHub.Core.Sketches;

namespace StatHub.Cli.Monitor;

/// <summary>Lines of text, one below the other.</summary>
/// <param name="output">Takes them.</param>
/// <param name="top">How many names are in a list.</param>
/// <param name="isOnce">Whether there is one report only.</param>
internal sealed class PlainOutput(TextWriter output, int top, bool isOnce) : IMonitorOutput
{
    public async Task TellAsync(AlertTransition transition, MonitorState state)
    {
        await output.WriteLineAsync(MonitorText.Message(transition, state.Zone));
        await output.FlushAsync();
    }

    public async Task ReportAsync(MonitorState state)
    {
        var stats = isOnce ? state.Total : state.Interval;
        await output.WriteLineAsync(Summary(state));
        await output.WriteLineAsync($"  sections     {List(stats.Sections, name => $" ({MonitorText.Classes(stats.ClassesOf(name.Name.Span))})")}");
        await output.WriteLineAsync($"  status       {MonitorText.Classes(stats.Classes)}");
        await output.WriteLineAsync($"  clients      {List(stats.Clients, _ => "")}");
        await output.WriteLineAsync($"  user agents  {List(stats.UserAgents, _ => "")}");
        await output.WriteLineAsync($"  methods      {List(stats.Methods, _ => "")}");
        await output.WriteLineAsync($"  sizes        {MonitorText.Sizes(stats)}");
        if (stats.Malformed > 0)
            await output.WriteLineAsync($"  malformed    {string.Join(", ", stats.MalformedByReason.Select(reason => $"{reason.Reason.Name()} {Figures.Of(reason.Lines)}"))}");
        foreach (var transition in isOnce ? state.History : [])
            await output.WriteLineAsync(MonitorText.Message(transition, state.Zone));
        await output.FlushAsync();
    }

    public bool Refresh(DateTimeOffset now, Func<MonitorState> state) => true;

    public void Dispose()
    {
    }

    private string Summary(MonitorState state)
    {
        var stats = isOnce ? state.Total : state.Interval;
        var window = $"{MonitorText.Rate(state.WindowRate)} over {MonitorText.Span(state.Settings.Window)}, alert above {MonitorText.Rate((double)state.Settings.Threshold)}";
        var what = isOnce
            ? $"{Figures.Of(stats.Hits)} hits, {window} (as of the newest line)"
            : $"{AlertMessage.Time(state.Now, state.Zone)} {Figures.Of(stats.Hits)} hits in {MonitorText.Span(state.IntervalLength)}, now {MonitorText.Rate(state.RateNow)}, {window}";
        var errors = MonitorText.Percent(state.Window.Hits == 0 ? 0 : (double)state.Window.Errors / state.Window.Hits);
        var lag = state.Lag > TimeSpan.Zero ? $", lag {MonitorText.Span(state.Lag)} ({Figures.Bytes(state.Behind)})" : "";
        return $"{what}, 5xx {errors}{lag}, malformed {Figures.Of(stats.Malformed)}, late {Figures.Of(state.Late)}, future {Figures.Of(state.Future)}";
    }

    private string List(HeavyHitters names, Func<HeavyHitter, string> more)
    {
        var first = names.ByHits().Take(top).Select(name => $"{MonitorText.Name(name)} {Figures.Of(name.Sums.Hits)}{more(name)}").ToList();
        return first.Count == 0 ? "none" : string.Join(", ", first);
    }
}
