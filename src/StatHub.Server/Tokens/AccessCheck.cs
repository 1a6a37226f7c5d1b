using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>Lets a request pass to a route whose demand its token meets.</summary>
internal sealed class AccessCheck(RequestDelegate next, ITenantStore tenants, Refusals refusals)
{
    public Task InvokeAsync(HttpContext http) => http.GetEndpoint() is RouteEndpoint && Judge(http) is { } refusal
        ? refusals.WriteAsync(http, refusal)
        : next(http);

    /// <summary>Why the request may not pass; null when it may.</summary>
    private Refusal? Judge(HttpContext http)
    {
        var demand = Refusals.Demand(http);
        if (demand.IsOpen)
            return null;
        if (http.Features.Get<Token>() is not { } token)
            return demand.WithoutToken?.Invoke(http) == true ? null : Refusal.NoToken;
        return http.Request.RouteValues.TryGetValue("tenant", out var name) && !token.Shows(name as string, tenants, out _)
            ? Refusal.UnknownTenant
            : demand.Judge(token);
    }
}
