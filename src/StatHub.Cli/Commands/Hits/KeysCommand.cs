using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Hits;

namespace StatHub.Cli.Commands.Hits;

/// <summary><c>stathub keys</c>: the keys of a tenant.</summary>
internal sealed class KeysCommand : ApiCommand
{
    private const int MostKeys = 10_000;

    private readonly Argument<string> _tenant = CommonArguments.Tenant();
    private readonly Option<string?> _prefix = new("--prefix") { Description = "Only keys that begin so.", HelpName = "text" };
    private readonly Option<long?> _limit = CommonArguments.Limit("At most so many keys. Without it 1,000.", MostKeys);
    private readonly Option<string?> _cursor = new("--cursor") { Description = "Go on where the page before ended.", HelpName = "cursor" };
    private readonly Option<bool> _all = new("--all") { Description = "Every key, page after page; with --json a line for each page." };

    public KeysCommand(Shell shell, Connection connection)
        : base("keys", "Lists the keys of a tenant.", """
            In the order of their bytes, each with all its hits and the instants (UTC) of the first and the last one. Control
            characters and the like in a key are shown as escapes, such as \u202e; --json has the key itself.

            Examples:
              stathub keys demo
              stathub keys demo --prefix blog --limit 20
              stathub keys demo --all --json | jq -r '.keys[].key'
            """, shell, connection)
    {
        Add(_tenant);
        Option[] options = [_prefix, _limit, _cursor, _all, JsonOption];
        foreach (var option in options)
            Add(option);
        Validators.Add(result =>
        {
            if (result.GetResult(_all) is { Implicit: false } && result.GetResult(_limit) is not null)
                result.AddError("Give --limit or --all.");
        });
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var (cursor, all) = (parsed.GetValue(_cursor), parsed.GetValue(_all));
        var keys = new List<KeyInfo>();
        do
        {
            var page = await api.GetAsync(PathOf(parsed, cursor), RestCaller.Json.KeyPage, cancellationToken);
            await PrintAsync(parsed, screen, page, value => keys.AddRange(value.Keys));
            cursor = page.Value.Next;
        }
        while (all && cursor is not null);
        if (!parsed.GetValue(JsonOption))
            Show(screen, keys);
        if (cursor is not null)
            await screen.NoteAsync($"There are more keys: --cursor {cursor}, or --all.");
        return StatHubCommand.Success;
    }

    private RestPath PathOf(ParseResult parsed, string? cursor) => RestPath.Of("tenants", parsed.GetRequiredValue(_tenant), "keys")
        .With("prefix", parsed.GetValue(_prefix))
        .With("limit", parsed.GetValue(_all) ? MostKeys : parsed.GetValue(_limit))
        .With("cursor", cursor);

    private static void Show(Screen screen, List<KeyInfo> keys)
    {
        var columns = new Columns().LongText("Key").Number("Hits").Text("First").Text("Last");
        foreach (var key in keys)
            columns.Row(key.Key, Figures.Of(key.Hits), Figures.Of(key.First), Figures.Of(key.Last));
        screen.Show(columns.Build());
    }
}
