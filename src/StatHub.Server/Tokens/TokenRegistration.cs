namespace StatHub.Server.Tokens;

internal static class TokenRegistration
{
    public static IServiceCollection AddTokens(this IServiceCollection services) =>
        services.AddHostedService<AdminToken>().AddHostedService<TokenUseWorker>();

    /// <summary>Lets nobody pass who lacks what a route demands.</summary>
    public static IApplicationBuilder UseTokens(this IApplicationBuilder app) => app.UseMiddleware<AccessCheck>();
}
