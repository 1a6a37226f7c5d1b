using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Hits;

namespace StatHub.Cli.Commands.Hits;

/// <summary><c>stathub count</c>: the sums of a range.</summary>
internal sealed class CountCommand : ApiCommand
{
    private readonly ScopeOptions _scope;

    public CountCommand(Shell shell, Connection connection)
        : base("count", "Counts the hits of a tenant or a key.", $"""
            Hits are all that were counted, bots how many of them are labelled so, value is the exact sum of tv. A dash
            stands for what the service does not know.

            {RangeOptions.Manual}

            Examples:
              stathub count demo
              stathub count demo home --last 7d --tz Europe/Berlin
              stathub count demo "our team" --from 2026-03-01 --to 2026-04-01
              stathub count demo home --fresh --json | jq .hits
            """, shell, connection)
    {
        _scope = new ScopeOptions(shell.Time);
        _scope.AddTo(this);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var count = await api.GetAsync(_scope.PathInRange(parsed, "count"), RestCaller.Json.HitCount, cancellationToken);
        await Freshness.NoteAsync(screen, count.Value.Fresh);
        return await PrintAsync(parsed, screen, count, value => Show(screen, value));
    }

    private static void Show(Screen screen, HitCount count) => screen.Show(new Columns()
        .LongText(count.Key is null ? count.Tenant : $"{count.Tenant}/{count.Key}").Number("")
        .Row("hits", Figures.Of(count.Hits))
        .Row("bots", Figures.Of(count.Bots))
        .Row("value", Figures.Of(count.Value))
        .Row("visitors", Figures.Of(count.Visitors))
        .Row("from", Figures.Of(count.From))
        .Row("to", count.To is { } to ? Figures.Of(to) : Figures.Unknown)
        .Row("as of", Figures.Of(count.AsOf))
        .Build());
}
