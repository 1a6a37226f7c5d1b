using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>Finds the token that a request to a route brings, and sends away those that bring a wrong one. Routes for everybody look at none.</summary>
internal sealed class TokenReader(RequestDelegate next, ITokenStore tokens, TokenAttempts attempts, Refusals refusals, TimeProvider time)
{
    public Task InvokeAsync(HttpContext http)
    {
        // What is no route, such as an unknown address, gives nothing away.
        if (http.Request.Headers.Authorization.Count == 0 || http.GetEndpoint() is not RouteEndpoint || Refusals.Demand(http).IsOpen)
            return next(http);
        return Read(http) is { } refusal ? refusals.WriteAsync(http, refusal) : next(http);
    }

    /// <summary>Why the token is not taken; null when it is.</summary>
    private Refusal? Read(HttpContext http)
    {
        var client = http.Connection.RemoteIpAddress;
        Span<byte> hash = stackalloc byte[TokenSecret.HashLength];
        if (!TokenSecret.TryHash(TokenHeader.Secret(http.Request.Headers.Authorization), hash))
            hash = [];
        var wait = attempts.Wait(client, hash);
        if (wait > TimeSpan.Zero)
            return Refusal.TooManyAttempts(wait);
        if (hash.IsEmpty || tokens.Find(hash) is not { } token)
        {
            attempts.NoteWrong(client);
            return Refusal.BadToken;
        }
        var now = time.GetUtcNow();
        http.Features.Set(token);
        if (token.IsExpired(now))
            return Refusal.ExpiredToken;
        attempts.NoteValid(client, hash);
        tokens.NoteUse(token.Id, now);
        return null;
    }
}
