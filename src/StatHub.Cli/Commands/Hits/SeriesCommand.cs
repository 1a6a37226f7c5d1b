using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Hits;
using StatHub.Core.Time;

namespace StatHub.Cli.Commands.Hits;

/// <summary><c>stathub series</c>: the sums of each minute, hour, day, week or month.</summary>
internal sealed class SeriesCommand : ApiCommand
{
    private const int WidestBar = 40;
    private const int NarrowestBar = 8;

    private readonly ScopeOptions _scope;
    private readonly Option<string> _step = new("--step")
    {
        Description = "The length of a row: minute, hour, day, week (from Monday) or month.",
        DefaultValueFactory = _ => SeriesStep.Day.Name(),
    };

    public SeriesCommand(Shell shell, Connection connection)
        : base("series", "Counts the hits of a tenant or a key per minute, hour, day, week or month.", $"""
            Rows begin at the time that is shown, on the clock of --tz; rows without hits are there with 0. The first and
            the last hold only hits of the range. On a terminal that is wide enough each row has a bar of its hits.

            {RangeOptions.Manual}

            Examples:
              stathub series demo --last 30d
              stathub series demo home --today --step hour --tz America/New_York
              stathub series demo --from 2026-01-01 --to 2027-01-01 --step month
              stathub series demo home --last 7d --json | jq '.points[].hits'
            """, shell, connection)
    {
        _scope = new ScopeOptions(shell.Time);
        _scope.AddTo(this);
        _step.AcceptOnlyFromAmong([.. SeriesSteps.Names]);
        Add(_step);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var path = _scope.PathInRange(parsed, "series").With("step", parsed.GetValue(_step));
        var series = await api.GetAsync(path, RestCaller.Json.HitSeries, cancellationToken);
        await Freshness.NoteAsync(screen, series.Value.Fresh);
        return await PrintAsync(parsed, screen, series, value => Show(screen, value));
    }

    private static void Show(Screen screen, HitSeries series)
    {
        var starts = series.Points.Select(StartsOf(series)).ToList();
        var largest = series.Points.Count == 0 ? 0 : series.Points.Max(point => point.Hits);
        var columns = new Columns().Text($"Start ({series.Tz})").Number("Hits").Number("Bots").Number("Value").Number("Visitors");
        var bar = BarWidth(screen, series, starts);
        if (bar > 0)
            columns.Text("");
        for (var i = 0; i < starts.Count; i++)
        {
            var point = series.Points[i];
            string[] cells = [starts[i], Figures.Of(point.Hits), Figures.Of(point.Bots), Figures.Of(point.Value), Figures.Of(point.Visitors)];
            columns.Row(bar > 0 ? [.. cells, Bar.Of(point.Hits, largest, bar)] : cells);
        }
        screen.Show(columns.Build());
    }

    // What the other columns leave of a terminal; none where that is too little to tell anything.
    private static int BarWidth(Screen screen, HitSeries series, List<string> starts)
    {
        if (screen.Width is not { } width || starts.Count == 0)
            return 0;
        const int gaps = 6 * 2;
        var used = Math.Max(starts.Max(start => start.Length), $"Start ({series.Tz})".Length) + gaps
            + Widest("Hits", series, point => Figures.Of(point.Hits)) + Widest("Bots", series, point => Figures.Of(point.Bots))
            + Widest("Value", series, point => Figures.Of(point.Value)) + Widest("Visitors", series, point => Figures.Of(point.Visitors));
        return width - used < NarrowestBar ? 0 : Math.Min(WidestBar, width - used);
    }

    private static int Widest(string heading, HitSeries series, Func<SeriesPoint, string> text) =>
        Math.Max(heading.Length, series.Points.Max(point => text(point).Length));

    // The clock of the answer, or UTC where this machine does not know the zone.
    private static Func<SeriesPoint, string> StartsOf(HitSeries series)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(series.Tz, out var found) ? found : TimeZoneInfo.Utc;
        var format = series.Step is "minute" or "hour" ? "ddd yyyy-MM-dd HH:mm" : series.Step is "month" ? "yyyy-MM" : "ddd yyyy-MM-dd";
        return point => TimeZoneInfo.ConvertTime(point.Start, zone).ToString(format, CultureInfo.InvariantCulture);
    }
}
