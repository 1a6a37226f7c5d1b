using System.CommandLine;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Tokens;

namespace StatHub.Cli.Commands.Token;

/// <summary><c>stathub token create</c>: makes a token and shows it once.</summary>
internal sealed class CreateCommand : ApiCommand
{
    private readonly Argument<string> _name = new("name") { Description = "What people call it." };
    private readonly Option<string?> _tenant = CommonArguments.TenantOption("The tenant that it is for. Without it all tenants.");
    private readonly Option<string[]> _scopes = new("--scope")
    {
        Description = "What it may do: read, write or admin; may be given several times. Without it read.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => ["read"],
    };

    private readonly Option<string?> _expires = TokenExpiry.Option();

    public CreateCommand(Shell shell, Connection connection)
        : base("create", "Makes a token and shows it, this once.", """
            The token is all that goes to standard output, so that a script can take it. The service keeps only its hash.
            read: counts, series, keys, raw hits, ledger; write: events; admin: everything, tenants and tokens too.

            Examples:
              stathub token create report --tenant shop
              stathub token create deploy --tenant shop --scope read write
              stathub token create auditor --tenant shop --expires 30d
              STATHUB_TOKEN=$(stathub token create operator --scope admin)
            """, shell, connection)
    {
        _scopes.AcceptOnlyFromAmong("read", "write", "admin");
        Add(_name);
        Add(_tenant);
        Add(_scopes);
        Add(_expires);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var tenant = parsed.GetValue(_tenant);
        var (expiresAt, days) = TokenExpiry.Of(parsed.GetValue(_expires));
        var token = await api.PostAsync(
            TokenPath.Of(tenant), new NewToken(parsed.GetValue(_name), parsed.GetValue(_scopes), expiresAt, days),
            RestCaller.Json.NewToken, RestCaller.Json.TokenInfo, cancellationToken);
        await screen.NoteAsync(
            $"Token {token.Value.Id} {TokenPath.Whose(tenant)} may {string.Join(", ", token.Value.Scopes)}{TokenExpiry.Until(token.Value)}. Keep it: it is not shown again.");
        return await screen.SecretAsync(token, parsed.GetValue(JsonOption));
    }
}
