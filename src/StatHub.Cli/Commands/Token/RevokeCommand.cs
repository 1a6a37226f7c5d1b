using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Token;

/// <summary><c>stathub token revoke</c>: a token is valid no more.</summary>
internal sealed class RevokeCommand : ApiCommand
{
    private readonly Argument<long> _id = new("id") { Description = "Its number, as 'token list' shows it." };
    private readonly Option<string?> _tenant = CommonArguments.TenantOption("The tenant that it is for. Without it a token for all tenants.");

    public RevokeCommand(Shell shell, Connection connection)
        : base("revoke", "Revokes a token.", """
            It is not valid any more, from the next request on.

            Examples:
              stathub token revoke 7 --tenant shop
              stathub token revoke 2
            """, shell, connection)
    {
        Add(_id);
        Add(_tenant);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var (tenant, id) = (parsed.GetValue(_tenant), parsed.GetValue(_id).ToString(CultureInfo.InvariantCulture));
        await api.DeleteAsync(TokenPath.Of(tenant, id), cancellationToken);
        await screen.NoteAsync($"Token {id} {TokenPath.Whose(tenant)} is revoked.");
        return StatHubCommand.Success;
    }
}
