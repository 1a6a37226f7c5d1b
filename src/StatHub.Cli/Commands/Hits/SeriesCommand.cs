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
    private readonly ScopeOptions _scope;
    private readonly Option<string> _step = new("--step")
    {
        Description = "The length of a row: minute, hour, day, week (from Monday) or month.",
        DefaultValueFactory = _ => SeriesStep.Day.Name(),
    };

    private readonly Option<string?> _dimension = CommonArguments.DimensionOption("Only hits with one value of this dimension, which --name tells. Whole UTC days.");
    private readonly Option<string?> _name = new("--name") { Description = "The value of --dimension.", HelpName = "value" };

    public SeriesCommand(Shell shell, Connection connection)
        : base("series", "Counts the hits of a tenant or a key per minute, hour, day, week or month.", $"""
            Rows begin at the time that is shown, on the clock of --tz; rows without hits are there with 0. The first and
            the last hold only hits of the range. On a terminal that is wide enough each row has a bar of its hits.

            {RangeOptions.Manual}

            Examples:
              stathub series demo --last 30d
              stathub series demo home --today --step hour --tz America/New_York
              stathub series demo --from 2026-01-01 --to 2027-01-01 --step month
              stathub series demo --last 30d --dimension browser --name Firefox
              stathub series demo home --last 7d --json | jq '.points[].hits'
            """, shell, connection)
    {
        _scope = new ScopeOptions(shell.Time);
        _scope.AddTo(this);
        _step.AcceptOnlyFromAmong([.. SeriesSteps.Names]);
        Add(_step);
        Add(_dimension);
        Add(_name);
        Add(JsonOption);
        Validators.Add(result =>
        {
            if (result.GetResult(_dimension) is null != result.GetResult(_name) is null)
                result.AddError("--dimension and --name belong together.");
        });
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var path = _scope.PathInRange(parsed, "series").With("step", parsed.GetValue(_step))
            .With("dimension", parsed.GetValue(_dimension)).With("name", parsed.GetValue(_name));
        var series = await api.GetAsync(path, RestCaller.Json.HitSeries, cancellationToken);
        await Freshness.NoteAsync(screen, series.Value.Fresh);
        return await PrintAsync(parsed, screen, series, value => Show(screen, value));
    }

    private static void Show(Screen screen, HitSeries series)
    {
        var startOf = StartsOf(series);
        string[] headings = [$"Start ({series.Tz})", "Hits", "Bots", "Value", "Visitors"];
        var rows = series.Points.Select(point => (string[])
            [startOf(point), Figures.Of(point.Hits), Figures.Of(point.Bots), Figures.Of(point.Value), Figures.Of(point.Visitors)]).ToList();
        Bar.ShowBeside(screen, new Columns().Text(headings[0]), headings, rows, [.. series.Points.Select(point => point.Hits)]);
    }

    // The clock of the answer, or UTC where this machine does not know the zone.
    private static Func<SeriesPoint, string> StartsOf(HitSeries series)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(series.Tz, out var found) ? found : TimeZoneInfo.Utc;
        var format = series.Step is "minute" or "hour" ? "ddd yyyy-MM-dd HH:mm" : series.Step is "month" ? "yyyy-MM" : "ddd yyyy-MM-dd";
        return point => TimeZoneInfo.ConvertTime(point.Start, zone).ToString(format, CultureInfo.InvariantCulture);
    }
}
