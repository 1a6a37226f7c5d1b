using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>
/// Finds the token of <c>Authorization: Bearer …</c> or <c>Token …</c>, and lets a request pass to a route whose demand it
/// meets. A route that states no demand is for the service's admin only.
/// </summary>
internal sealed class AccessCheck(RequestDelegate next, ITokenStore tokens, ITenantStore tenants)
{
    public Task InvokeAsync(HttpContext http)
    {
        // What is no route, such as an unknown address, gives nothing away.
        if (http.GetEndpoint() is not RouteEndpoint route)
            return next(http);
        var demand = route.Metadata.GetMetadata<AccessDemand>() ?? Access.ServiceAdmin;
        if (demand.IsOpen || (demand.IsOptional && http.Request.Headers.Authorization.Count == 0))
            return next(http);
        if (Find(http.Request.Headers.Authorization) is not { } token)
            return ChallengeAsync(http, demand);
        if (http.Request.RouteValues.TryGetValue("tenant", out var name) && !token.Shows(name as string, tenants, out _))
            return Problems.UnknownTenant.ExecuteAsync(http);
        if (!demand.IsMetBy(token))
            return demand.Refusal(Problems.MissingScope).ExecuteAsync(http);
        http.Features.Set(token);
        return next(http);
    }

    private static Task ChallengeAsync(HttpContext http, AccessDemand demand)
    {
        http.Response.Headers.WWWAuthenticate = http.Request.Headers.Authorization.Count == 0
            ? "Bearer realm=\"StatHub\""
            : "Bearer realm=\"StatHub\", error=\"invalid_token\"";
        return demand.Refusal(Problems.NoToken).ExecuteAsync(http);
    }

    private Token? Find(string? header)
    {
        Span<byte> hash = stackalloc byte[TokenSecret.HashLength];
        return TokenSecret.TryHash(Secret(header), hash) ? tokens.Find(hash) : null;
    }

    private static ReadOnlySpan<char> Secret(string? header)
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
