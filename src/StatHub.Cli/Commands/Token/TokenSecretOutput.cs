using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Tokens;

namespace StatHub.Cli.Commands.Token;

internal static class TokenSecretOutput
{
    /// <summary>Prints the secret of a token that was just made, and nothing else.</summary>
    public static async Task<int> SecretAsync(this Screen screen, RestAnswer<TokenInfo> token, bool asJson)
    {
        if (asJson)
            await screen.JsonAsync(token.Json);
        else
            await screen.LineAsync(token.Value.Token ?? throw CommandFailure.Failed("The service did not show the token."));
        return StatHubCommand.Success;
    }
}
