using StatHub.Core.Tenants;
using StatHub.Core.Tokens;

namespace StatHub.Server.Http;

/// <summary>
/// What a route demands of a token; endpoint metadata, of which the innermost counts. A route with a tenant in its path
/// also demands that the token sees that tenant.
/// </summary>
/// <param name="Scope">The scopes, of which any will do; none where any valid token will do.</param>
/// <param name="WholeService">Whether the token must be for all tenants.</param>
/// <param name="OwnTenant">Whether the token must be of one tenant: <see cref="Access.OwnTenant"/>.</param>
/// <param name="IsOpen">Whether it needs no token at all.</param>
internal sealed record AccessDemand(TokenScopes Scope, bool WholeService = false, bool OwnTenant = false, bool IsOpen = false)
{
    /// <summary>Says which requests pass that bring no token; those that bring one are judged by it.</summary>
    public Func<HttpContext, bool>? WithoutToken { get; init; }

    /// <summary>Writes what a request is told that may not pass.</summary>
    public RefusalWriter Refuse { get; init; } = Refusal.WriteProblemAsync;

    /// <summary>Why the token does not do; null when it does.</summary>
    public Refusal? Judge(Token token) =>
        Scope != TokenScopes.None && !token.Has(Scope) ? Refusal.MissingScope
        : WholeService && token.Tenant is not null ? Refusal.MissingScope
        : OwnTenant && token.Tenant is null ? Refusal.NoTenant
        : null;
}

/// <summary>The demands that there are, and the token of a request.</summary>
internal static class Access
{
    public static readonly AccessDemand Everybody = new(TokenScopes.None, IsOpen: true);
    public static readonly AccessDemand AnyToken = new(TokenScopes.None);
    public static readonly AccessDemand Read = new(TokenScopes.Read);

    /// <summary>For counts, which anybody may read of a tenant that is public.</summary>
    public static readonly AccessDemand PublicRead = Read with { WithoutToken = IsPublic };

    public static readonly AccessDemand Write = new(TokenScopes.Write);
    public static readonly AccessDemand TenantAdmin = new(TokenScopes.Admin);
    public static readonly AccessDemand ServiceAdmin = new(TokenScopes.Admin, WholeService: true);

    /// <summary>For routes whose tenant is the token's.</summary>
    public static readonly AccessDemand OwnWrite = new(TokenScopes.Write, OwnTenant: true);

    /// <inheritdoc cref="OwnWrite"/>
    public static readonly AccessDemand OwnReadOrWrite = new(TokenScopes.Read | TokenScopes.Write, OwnTenant: true);

    /// <inheritdoc cref="OwnWrite"/>
    public static readonly AccessDemand OwnAdmin = new(TokenScopes.Admin, OwnTenant: true);

    /// <summary>States what a route or a group of routes demands.</summary>
    public static T Demands<T>(this T routes, AccessDemand demand) where T : IEndpointConventionBuilder => routes.WithMetadata(demand);

    /// <summary>The token that the request came with.</summary>
    public static Token Token(this HttpContext http) => http.Features.Get<Token>() ?? throw new InvalidOperationException("The route demands no token.");

    /// <summary>The tenant of the token that the request came with; for routes that demand one.</summary>
    public static TenantId OwnTenant(this HttpContext http) =>
        http.Token().Tenant ?? throw new InvalidOperationException("The route demands no token of one tenant.");

    /// <summary>Whether the request was let in without a token.</summary>
    public static bool IsGuest(this HttpContext http) => http.Features.Get<Token>() is null;

    /// <summary>Whether a token may know of a tenant, and the tenant exists.</summary>
    public static bool Shows(this Token token, string? name, ITenantStore tenants, out TenantId tenant) =>
        TenantId.TryParse(name, out tenant) && token.Sees(tenant) && tenants.Find(tenant) is not null;

    private static bool IsPublic(HttpContext http) => TenantId.TryParse(http.Request.RouteValues["tenant"] as string, out var tenant)
        && http.RequestServices.GetRequiredService<ITenantStore>().Find(tenant) is { PublicRead: true };
}
