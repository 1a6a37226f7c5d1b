using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Hits;

namespace StatHub.Cli.Commands.Hits;

/// <summary><c>stathub top</c>: the most frequent values of a dimension.</summary>
internal sealed class TopCommand : ApiCommand
{
    private const int MostValues = 1000;

    private readonly Argument<string> _tenant = CommonArguments.Tenant();
    private readonly Argument<string> _dimension = CommonArguments.Dimension();
    private readonly Option<string?> _key = CommonArguments.KeyOption("Only the hits of this key.");
    private readonly Option<long?> _limit = CommonArguments.Limit("At most so many values. Without it 10.", MostValues);
    private readonly Option<string> _sort = new("--sort") { Description = "What comes first: the most hits, bots or value.", DefaultValueFactory = _ => "hits" };
    private readonly Option<bool> _fresh = CommonArguments.Fresh();
    private readonly RangeOptions _range;

    public TopCommand(Shell shell, Connection connection)
        : base("top", "Lists the most frequent values of a dimension.", $"""
            Dimensions: key, referrer (a host), referrer_path, source (who stands behind the host), browser, os, device, language,
            country, status, utm_source, utm_medium, utm_campaign, utm_term, utm_content, and d.<name>, your own.

            The share is that of all hits that say something of the dimension; (other) are the values that are not listed.
            Dimensions have whole UTC days, so the range is widened to them.

            {RangeOptions.Manual}

            Examples:
              stathub top demo browser --last 30d
              stathub top demo referrer --key home --limit 50
              stathub top demo d.plan --from 2026-03-01 --to 2026-04-01 --sort value
              stathub top demo country --json | jq -r '.values[] | [.name, .hits] | @tsv'
            """, shell, connection)
    {
        _range = new RangeOptions(shell.Time);
        Add(_tenant);
        Add(_dimension);
        Add(_key);
        _range.AddTo(this);
        _sort.AcceptOnlyFromAmong("hits", "bots", "value");
        Option[] options = [_limit, _sort, _fresh, JsonOption];
        foreach (var option in options)
            Add(option);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var top = await api.GetAsync(PathOf(parsed), RestCaller.Json.TopValues, cancellationToken);
        await Freshness.NoteAsync(screen, top.Value.Fresh);
        var code = await PrintAsync(parsed, screen, top, value => Show(screen, value));
        if (top.Value.Error > 0)
            await screen.NoteAsync($"There are more values than are kept: each may have up to {Figures.Of(top.Value.Error)} hits more than are told, which are in (other).");
        return code;
    }

    private RestPath PathOf(ParseResult parsed) =>
        _range.AddTo(RestPath.OfScope(parsed.GetRequiredValue(_tenant), parsed.GetValue(_key), "top", parsed.GetRequiredValue(_dimension)), parsed)
            .With("limit", parsed.GetValue(_limit)).With("sort", parsed.GetValue(_sort)).WithFlag("fresh", parsed.GetValue(_fresh));

    private static void Show(Screen screen, TopValues top)
    {
        IReadOnlyList<TopValue> values = top.Other.Hits == 0 ? top.Values : [.. top.Values, new("(other)", top.Other.Hits, top.Other.Bots, top.Other.Value)];
        var all = values.Sum(value => value.Hits);
        string[] headings = [top.Dimension, "Hits", "Share", "Bots", "Value"];
        var rows = values.Select(value => (string[])
            [TerminalText.Of(value.Name), Figures.Of(value.Hits), Share(value.Hits, all), Figures.Of(value.Bots), Figures.Of(value.Value)]).ToList();
        Bar.ShowBeside(screen, new Columns().LongText(headings[0]), headings, rows, [.. values.Select(value => value.Hits)]);
    }

    private static string Share(long hits, long all) => (100m * hits / all).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
