using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

internal static class TokenRegistration
{
    public static IServiceCollection AddTokens(this IServiceCollection services)
    {
        services.AddAuthentication(TokenAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        // A route that forgets to say what it demands is for the admin.
        services.AddAuthorizationBuilder().SetFallbackPolicy(Access.ServiceAdmin);
        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessAnswers>();
        services.AddHostedService<AdminToken>();
        return services;
    }
}
