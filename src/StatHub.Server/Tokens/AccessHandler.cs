using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>Grants access when the token sees the tenant of the path and has the scope.</summary>
internal sealed class AccessHandler(ITenantStore tenants) : AuthorizationHandler<AccessRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        if (context.Resource is not HttpContext http || http.Features.Get<Token>() is not { } token)
            return Task.CompletedTask;
        var hasTenant = http.Request.RouteValues.TryGetValue("tenant", out var name);
        if (hasTenant && !token.Shows(name as string, tenants, out _))
            context.Fail(new UnseenTenant(this));
        else if ((requirement.Scope == TokenScopes.None || token.Has(requirement.Scope)) && (!requirement.WholeService || token.Tenant is null))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>The tenant is unknown to the token, whether it exists or not.</summary>
internal sealed class UnseenTenant(IAuthorizationHandler handler) : AuthorizationFailureReason(handler, "The token does not see the tenant.");

/// <summary>Answers refused requests with problems.</summary>
internal sealed class AccessAnswers : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);
        if (authorizeResult.Challenged)
            return ChallengeAsync(context);
        var unseen = authorizeResult.AuthorizationFailure?.FailureReasons.Any(reason => reason is UnseenTenant) == true;
        return (unseen ? Problems.UnknownTenant : Problems.MissingScope).ExecuteAsync(context);
    }

    private static Task ChallengeAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = context.Request.Headers.Authorization.Count == 0
            ? "Bearer realm=\"StatHub\""
            : "Bearer realm=\"StatHub\", error=\"invalid_token\"";
        return Problems.NoToken.ExecuteAsync(context);
    }
}
