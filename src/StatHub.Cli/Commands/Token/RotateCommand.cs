using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Tokens;

namespace StatHub.Cli.Commands.Token;

/// <summary><c>stathub token rotate</c>: another secret, and some time to bring it everywhere.</summary>
internal sealed class RotateCommand : ApiCommand
{
    private readonly Argument<long> _id = new("id") { Description = "Its number, as 'token list' shows it." };
    private readonly Option<string?> _tenant = CommonArguments.TenantOption("The tenant that it is for. Without it a token for all tenants.");
    private readonly Option<int> _overlap = new("--overlap-hours")
    {
        Description = "How many hours the old one stays valid, 0 to 720. Without it 24.",
        DefaultValueFactory = _ => 24,
        HelpName = "hours",
    };

    public RotateCommand(Shell shell, Connection connection)
        : base("rotate", "Replaces a token by another, and ends the old one after a while.", """
            The new one has the same name and scopes, a number of its own, and is valid as long from now on as the old one was
            to be. It is all that goes to standard output. The service keeps only its hash.

            Examples:
              stathub token rotate 7 --tenant shop
              stathub token rotate 7 --tenant shop --overlap-hours 0
            """, shell, connection)
    {
        _overlap.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours <= 720))
                result.AddError($"--overlap-hours is a number from 0 to 720, not '{token.Value}'.");
        });
        Add(_id);
        Add(_tenant);
        Add(_overlap);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var (tenant, id, hours) = (parsed.GetValue(_tenant), parsed.GetValue(_id).ToString(CultureInfo.InvariantCulture), parsed.GetValue(_overlap));
        var token = await api.PostAsync(
            TokenPath.Of(tenant, id, "rotate"), new TokenRotation(hours), RestCaller.Json.TokenRotation, RestCaller.Json.TokenInfo, cancellationToken);
        var old = hours == 0 ? "is valid no more" : $"is valid for {hours} hours at most";
        await screen.NoteAsync(
            $"Token {token.Value.Id} {TokenPath.Whose(tenant)} takes the place of {id}, which {old}. Keep it: it is not shown again.");
        return await screen.SecretAsync(token, parsed.GetValue(JsonOption));
    }
}
