using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using StatHub.Core.Tokens;

namespace StatHub.Server.Tokens;

/// <summary>Finds the token of <c>Authorization: Bearer …</c> or <c>Token …</c>.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ITokenStore tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Bearer";

    // A token's result is the same for every request, and goes when the store forgets the token.
    private static readonly ConditionalWeakTable<Token, AuthenticateResult> Results = [];
    private static readonly AuthenticateResult Invalid = AuthenticateResult.Fail("The token is not valid.");

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers.Authorization;
        if (header is null)
            return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(Find(Secret(header)) is { } token ? Accept(token) : Invalid);
    }

    private Token? Find(ReadOnlySpan<char> secret)
    {
        Span<byte> hash = stackalloc byte[TokenSecret.HashLength];
        return TokenSecret.TryHash(secret, hash) ? tokens.Find(hash) : null;
    }

    private AuthenticateResult Accept(Token token)
    {
        Context.Features.Set(token);
        return Results.GetValue(token, static known => AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(SchemeName, known.Name, null)), SchemeName)));
    }

    private static ReadOnlySpan<char> Secret(string header)
    {
        var text = header.AsSpan().Trim();
        foreach (var scheme in (ReadOnlySpan<string>)["Bearer ", "Token "])
        {
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                return text[scheme.Length..].TrimStart();
        }
        return default;
    }
}
