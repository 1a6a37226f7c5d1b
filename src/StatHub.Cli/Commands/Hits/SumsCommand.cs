using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Hits;
using StatHub.Core.Dimensions;

namespace StatHub.Cli.Commands.Hits;

/// <summary><c>stathub sums</c>: sums by several dimensions at once.</summary>
internal sealed class SumsCommand : ApiCommand
{
    private readonly Argument<string> _tenant = CommonArguments.Tenant();
    private readonly Option<string> _by = new("--by") { Description = "1 to 8 dimensions with commas between them.", HelpName = "names", Required = true };
    private readonly Option<string?> _key = CommonArguments.KeyOption("Only the hits of this key.");
    private readonly Option<string> _step = new("--step") { Description = "Sums of each UTC day or month.", DefaultValueFactory = _ => "day" };
    private readonly Option<bool> _fresh = CommonArguments.Fresh();
    private readonly RangeOptions _range;

    public SumsCommand(Shell shell, Connection connection)
        : base("sums", "Sums the hits by several dimensions at once, per day or month.", $"""
            A row for each combination of values that there is, those with the most hits of a step first. They are read from the raw
            hits, so it takes as long as reading them does. The range is widened to whole UTC days or months. A dash stands for hits
            that say nothing of a dimension. Dimensions are those of stathub top.

            {RangeOptions.Manual}

            Examples:
              stathub sums demo --by browser,country --last 7d
              stathub sums demo --by key,status --step month --from 2026-01-01
              stathub sums demo --by d.plan,device --key home --json | jq -c '.rows[]'
            """, shell, connection)
    {
        _range = new RangeOptions(shell.Time);
        _step.AcceptOnlyFromAmong("day", "month");
        _by.Validators.Add(result =>
        {
            if (result.Tokens is not [var token])
                return;
            foreach (var name in token.Value.Split(',').Where(name => !DimensionName.TryParse(name, out _)))
                result.AddError($"'{name}' is no dimension: it is {string.Join(", ", DimensionNames.All)}, or d. and a name of your own.");
        });
        Add(_tenant);
        Add(_by);
        Add(_step);
        Add(_key);
        _range.AddTo(this);
        Add(_fresh);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var sums = await api.GetAsync(PathOf(parsed), RestCaller.Json.SumsByDimension, cancellationToken);
        await Freshness.NoteAsync(screen, sums.Value.Fresh);
        var code = await PrintAsync(parsed, screen, sums, value => Show(screen, value));
        if (sums.Value.Limited)
            await screen.NoteAsync("There are more combinations than get rows of their own: the rest of a step is in the row (other).");
        return code;
    }

    private RestPath PathOf(ParseResult parsed) =>
        _range.AddTo(RestPath.OfScope(parsed.GetRequiredValue(_tenant), parsed.GetValue(_key), "sums"), parsed)
            .With("by", parsed.GetRequiredValue(_by)).With("step", parsed.GetValue(_step)).WithFlag("fresh", parsed.GetValue(_fresh));

    private static void Show(Screen screen, SumsByDimension sums)
    {
        var columns = new Columns().Text("Start (UTC)");
        foreach (var name in sums.By)
            columns.LongText(name);
        columns.Number("Hits").Number("Bots").Number("Value");
        var format = sums.Step == "month" ? "yyyy-MM" : "yyyy-MM-dd";
        foreach (var row in sums.Rows)
        {
            columns.Row(
            [
                row.Start.ToString(format, CultureInfo.InvariantCulture), .. sums.By.Select(name => row.Values[name] ?? Figures.Unknown),
                Figures.Of(row.Hits), Figures.Of(row.Bots), Figures.Of(row.Value),
            ]);
        }
        screen.Show(columns.Build());
    }
}
