using StatHub.Core.Tenants;
using StatHub.Core.Tokens;

namespace StatHub.Server.Http;

/// <summary>
/// What a route demands of a token; endpoint metadata, of which the innermost counts. A route with a tenant in its path
/// also demands that the token sees that tenant.
/// </summary>
/// <param name="Scope">The scope; none where any valid token will do.</param>
/// <param name="WholeService">Whether the token must be for all tenants.</param>
/// <param name="IsOpen">Whether it needs no token at all.</param>
/// <param name="IsOptional">Whether a request without any token passes too: the route says what becomes of it.</param>
internal sealed record AccessDemand(TokenScopes Scope, bool WholeService = false, bool IsOpen = false, bool IsOptional = false)
{
    /// <summary>How a refusal is answered: as a problem, unless the route's clients read something else.</summary>
    public Func<ProblemResult, IResult> Refusal { get; init; } = problem => problem;

    public bool IsMetBy(Token token) =>
        (Scope == TokenScopes.None || token.Has(Scope)) && (!WholeService || token.Tenant is null);
}

/// <summary>The demands that there are, and the token of a request.</summary>
internal static class Access
{
    public static readonly AccessDemand Everybody = new(TokenScopes.None, IsOpen: true);
    public static readonly AccessDemand AnyToken = new(TokenScopes.None);
    public static readonly AccessDemand Read = new(TokenScopes.Read);
    public static readonly AccessDemand TenantAdmin = new(TokenScopes.Admin);
    public static readonly AccessDemand ServiceAdmin = new(TokenScopes.Admin, WholeService: true);

    /// <summary>States what a route or a group of routes demands.</summary>
    public static T Demands<T>(this T routes, AccessDemand demand) where T : IEndpointConventionBuilder => routes.WithMetadata(demand);

    /// <summary>The token that the request came with.</summary>
    public static Token Token(this HttpContext http) => http.Features.Get<Token>() ?? throw new InvalidOperationException("The route demands no token.");

    /// <summary>Whether a token may know of a tenant, and the tenant exists.</summary>
    public static bool Shows(this Token token, string? name, ITenantStore tenants, out TenantId tenant) =>
        TenantId.TryParse(name, out tenant) && token.Sees(tenant) && tenants.Find(tenant) is not null;
}
