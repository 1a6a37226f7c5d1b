using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>
/// Finds the token of <c>Authorization: Bearer …</c> or <c>Token …</c>, and lets a request pass to a route whose demand it
/// meets. A route that states no demand is for the service's admin only.
/// </summary>
internal sealed class AccessCheck(RequestDelegate next, ITokenStore tokens, ITenantStore tenants, TimeProvider time)
{
    public Task InvokeAsync(HttpContext http)
    {
        // What is no route, such as an unknown address, gives nothing away.
        if (http.GetEndpoint() is not RouteEndpoint route)
            return next(http);
        var demand = route.Metadata.GetMetadata<AccessDemand>() ?? Access.ServiceAdmin;
        if (demand.IsOpen || (http.Request.Headers.Authorization.Count == 0 && demand.WithoutToken?.Invoke(http) == true))
            return next(http);
        if (Judge(http, demand) is not { } refusal)
            return next(http);
        if (refusal.Problem.Problem.Status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = Challenge(refusal.Reason);
        return demand.Refuse(http, refusal);
    }

    /// <summary>Why the request may not pass; null when it may, with its token.</summary>
    private Refusal? Judge(HttpContext http, AccessDemand demand)
    {
        if (http.Request.Headers.Authorization.Count == 0)
            return Refusal.NoToken;
        if (Find(http.Request.Headers.Authorization) is not { } token)
            return Refusal.BadToken;
        var now = time.GetUtcNow();
        if (token.IsExpired(now))
            return Refusal.ExpiredToken;
        tokens.NoteUse(token.Id, now);
        if (http.Request.RouteValues.TryGetValue("tenant", out var name) && !token.Shows(name as string, tenants, out _))
            return Refusal.UnknownTenant;
        if (demand.Judge(token) is { } refusal)
            return refusal;
        http.Features.Set(token);
        return null;
    }

    private static string Challenge(RefusalReason reason) =>
        reason == RefusalReason.NoToken ? "Bearer realm=\"StatHub\"" : "Bearer realm=\"StatHub\", error=\"invalid_token\"";

    private Token? Find(string? header)
    {
        Span<byte> hash = stackalloc byte[TokenSecret.HashLength];
        return TokenSecret.TryHash(TokenHeader.Secret(header), hash) ? tokens.Find(hash) : null;
    }
}
