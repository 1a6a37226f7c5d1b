using Microsoft.AspNetCore.Authorization;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;

namespace StatHub.Server.Http;

/// <summary>What a route demands of a token. A route with a tenant in its path also demands that the token sees that tenant.</summary>
/// <param name="Scope">The scope; none where any valid token will do.</param>
/// <param name="WholeService">Whether the token must be for all tenants.</param>
internal sealed record AccessRequirement(TokenScopes Scope, bool WholeService = false) : IAuthorizationRequirement;

/// <summary>The demands that there are, and the token of a request.</summary>
internal static class Access
{
    public static readonly AuthorizationPolicy AnyToken = Policy(new AccessRequirement(TokenScopes.None));
    public static readonly AuthorizationPolicy Read = Policy(new AccessRequirement(TokenScopes.Read));
    public static readonly AuthorizationPolicy TenantAdmin = Policy(new AccessRequirement(TokenScopes.Admin));
    public static readonly AuthorizationPolicy ServiceAdmin = Policy(new AccessRequirement(TokenScopes.Admin, WholeService: true));

    /// <summary>The token that the request was authenticated with.</summary>
    public static Token Token(this HttpContext http) => http.Features.Get<Token>() ?? throw new InvalidOperationException("The route demands no token.");

    /// <summary>Whether a token may know of a tenant, and the tenant exists.</summary>
    public static bool Shows(this Token token, string? name, ITenantStore tenants, out TenantId tenant) =>
        TenantId.TryParse(name, out tenant) && token.Sees(tenant) && tenants.Find(tenant) is not null;

    private static AuthorizationPolicy Policy(AccessRequirement requirement) =>
        new AuthorizationPolicyBuilder().AddRequirements(requirement).Build();
}
