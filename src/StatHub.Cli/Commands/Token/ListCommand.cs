using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Tokens;

namespace StatHub.Cli.Commands.Token;

/// <summary><c>stathub token list</c>: tokens without their secrets.</summary>
internal sealed class ListCommand : ApiCommand
{
    private readonly Option<string?> _tenant = CommonArguments.TenantOption(TokenPath.TenantDescription);

    public ListCommand(Shell shell, Connection connection)
        : base("list", "Lists tokens, without their secrets.", """
            Examples:
              stathub token list --tenant shop
              stathub token list
            """, shell, connection)
    {
        Add(_tenant);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var tokens = await api.GetAsync(TokenPath.Of(parsed.GetValue(_tenant)), RestCaller.Json.IReadOnlyListTokenInfo, cancellationToken);
        return await PrintAsync(parsed, screen, tokens, value => Show(screen, value));
    }

    private static void Show(Screen screen, IReadOnlyList<TokenInfo> tokens)
    {
        var columns = new Columns().Number("Id").LongText("Name").Text("Scopes").Text("Made").Text("Used").Text("Ends");
        foreach (var token in tokens)
        {
            columns.Row(
                token.Id.ToString(CultureInfo.InvariantCulture), token.Name, string.Join(", ", token.Scopes), Figures.Of(token.CreatedAt),
                Instant(token.LastUsedAt), Instant(token.ExpiresAt));
        }
        screen.Show(columns.Build());
    }

    private static string Instant(DateTimeOffset? instant) => instant is { } at ? Figures.Of(at) : "never";
}
