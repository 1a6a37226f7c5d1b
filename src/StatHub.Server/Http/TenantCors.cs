using Microsoft.AspNetCore.Cors.Infrastructure;
using StatHub.Core.Tenants;

namespace StatHub.Server.Http;

/// <summary>
/// Which web pages' scripts may read answers about a tenant: those that it names. Tokens are in a header that a page must know, so browsers need not send
/// credentials, and never do.
/// </summary>
internal sealed class TenantCors(ITenantStore tenants) : ICorsPolicyProvider
{
    private const string Name = "tenant";

    // What may be is the same for a tenant that names nobody and for one that does not exist.
    private static readonly CorsPolicy Nobody = new CorsPolicyBuilder().Build();

    /// <summary>Lets pages that the tenant of the route names ask it. For routes with a tenant.</summary>
    public static T Allow<T>(T routes) where T : IEndpointConventionBuilder => routes.RequireCors(Name);

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) =>
        Task.FromResult(policyName == Name ? Policy(context.Request.RouteValues["tenant"] as string) : null);

    private CorsPolicy Policy(string? name)
    {
        if (!TenantId.TryParse(name, out var id) || tenants.Find(id) is not { CorsOrigins: { IsEmpty: false } origins })
            return Nobody;
        var policy = new CorsPolicyBuilder()
            .WithMethods(HttpMethods.Get, HttpMethods.Head, HttpMethods.Post)
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key")
            .WithExposedHeaders("Link", "Retry-After", "StatHub-AsOf", "StatHub-Fresh")
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10));
        return (origins.HasEvery ? policy.AllowAnyOrigin() : policy.WithOrigins([.. origins.List])).Build();
    }
}

internal static class TenantCorsRoutes
{
    /// <inheritdoc cref="TenantCors.Allow"/>
    public static T AllowsPages<T>(this T routes) where T : IEndpointConventionBuilder => TenantCors.Allow(routes);
}
