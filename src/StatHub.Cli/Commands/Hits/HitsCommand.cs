using System.CommandLine;
using System.CommandLine.Parsing;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Hits;

/// <summary><c>stathub hits</c>: raw hits, those that there are or those that come.</summary>
internal sealed class HitsCommand : ApiCommand
{
    private const string DefaultFormat = "ndjson";

    private readonly Shell _shell;
    private readonly ScopeOptions _scope;
    private readonly Option<string> _format = new("--format")
    {
        Description = "json (an array), ndjson (a line each), csv or tsv (fixed columns).",
        DefaultValueFactory = _ => DefaultFormat,
    };

    private readonly Option<long?> _limit = CommonArguments.Limit("At most so many hits.", long.MaxValue);
    private readonly Option<FileInfo?> _out = new("--out", "-o") { Description = "A new file; standard output without it.", HelpName = "file" };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Print hits as they come, as NDJSON, until Ctrl-C." };

    public HitsCommand(Shell shell, Connection connection)
        : base("hits", "Prints the raw hits of a tenant or a key.", $"""
            In the order of their instants. Files and pipes get the bytes of the API; on a terminal control characters are
            shown as escapes. A file that --out names must not exist; it appears when it is whole, with a progress bar
            meanwhile. A reader that has enough, such as head, ends the command.

            --follow prints what comes from now on, or what there is since --from or --last first. It asks every second and
            goes on when the service was away. A hit is new when its instant is at most 5 seconds before what the service
            has read already: older lines that are put into the journal later are counted, but not shown.

            {RangeOptions.Manual}

            Examples:
              stathub hits demo home --last 24h | jq -r .http_user_agent
              stathub hits demo --from 2026-03-01 --to 2026-04-01 --format csv --out march.csv
              stathub hits demo --limit 10 --json
              stathub hits demo home --follow
              stathub hits demo --follow --last 5m | jq -r .key
            """, shell, connection)
    {
        _shell = shell;
        _scope = new ScopeOptions(shell.Time);
        _scope.AddTo(this);
        _format.AcceptOnlyFromAmong("json", "ndjson", "csv", "tsv");
        JsonOption.Description = "The same as --format json.";
        Option[] options = [_format, JsonOption, _limit, _out, _follow];
        foreach (var option in options)
            Add(option);
        Validators.Add(CheckTogether);
    }

    protected override Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken) =>
        parsed.GetValue(_follow)
            ? FollowAsync(parsed, api, screen, cancellationToken)
            : parsed.GetValue(_out) is { } file
                ? WriteFileAsync(parsed, api, screen, file, cancellationToken)
                : PrintHitsAsync(parsed, api, screen, cancellationToken);

    private async Task<int> PrintHitsAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var export = Export(parsed, api);
        await using var output = screen.OpenData();
        await export.WriteAsync(output, null, cancellationToken);
        await Freshness.NoteAsync(screen, export.Fresh);
        return StatHubCommand.Success;
    }

    private async Task<int> WriteFileAsync(ParseResult parsed, RestCaller api, Screen screen, FileInfo file, CancellationToken cancellationToken)
    {
        var export = Export(parsed, api);
        using var target = new WholeFile(file.FullName);
        await HitProgress.ShowAsync(screen, file.Name, () => ExpectedAsync(parsed, api, cancellationToken), async progress =>
            await export.WriteAsync(target.Content, progress, cancellationToken));
        target.Keep();
        await Freshness.NoteAsync(screen, export.Fresh);
        await screen.NoteAsync($"{Figures.Of(export.Hits)} hits in {file.FullName}, {Figures.Bytes(export.Bytes)}.");
        return StatHubCommand.Success;
    }

    private async Task<int> FollowAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        await using var output = screen.OpenData();
        var follow = new HitFollow(api, () => _scope.PathInRange(parsed, "hits"), _shell.Time)
        {
            FromNow = !_scope.Range.HasBeginning(parsed),
            Limit = parsed.GetValue(_limit) ?? long.MaxValue,
        };
        await follow.RunAsync(output, screen, cancellationToken);
        return StatHubCommand.Success;
    }

    // How many hits the progress bar is for.
    private async Task<long> ExpectedAsync(ParseResult parsed, RestCaller api, CancellationToken cancellationToken)
    {
        var count = await api.GetAsync(_scope.PathInRange(parsed, "count"), RestCaller.Json.HitCount, cancellationToken);
        return Math.Min(count.Value.Hits, parsed.GetValue(_limit) ?? long.MaxValue);
    }

    private HitExport Export(ParseResult parsed, RestCaller api) => new(
        api, () => _scope.PathInRange(parsed, "hits"), parsed.GetValue(JsonOption) ? "json" : parsed.GetValue(_format)!, parsed.GetValue(_limit));

    private void CheckTogether(CommandResult result)
    {
        bool Has(Option option) => result.GetResult(option) is { Implicit: false };
        if (Has(JsonOption) && Has(_format))
            result.AddError("Give --format or --json.");
        if (!Has(_follow))
            return;
        if (Has(_out) || Has(JsonOption) || (Has(_format) && result.GetValue(_format) != DefaultFormat))
            result.AddError("--follow prints NDJSON on standard output; it takes no --out and no other format.");
        if (_scope.Range.HasEndIn(result))
            result.AddError("--follow goes on until Ctrl-C or --limit; it takes no --to and no --yesterday.");
    }
}
