using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

internal static class TokenRegistration
{
    /// <summary>The admin's token, and the check of everybody's.</summary>
    public static IServiceCollection AddTokens(this IServiceCollection services, IConfiguration configuration) =>
        services.AddAccess(configuration).AddSingleton<AdminToken>().AddHostedService(provider => provider.GetRequiredService<AdminToken>()).AddHostedService<TokenUseWorker>();

    /// <summary>What <see cref="UseTokens"/> needs.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<LimitOptions, LimitOptionsValidator>(configuration.GetSection(LimitOptions.Section));
        services.AddSingleton<TokenAttempts>();
        services.AddSingleton<RequestLimiter>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<Refusals>());
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<RequestLimiter, Refusals>((options, limiter, refusals) =>
        {
            options.GlobalLimiter = limiter;
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.OnRejected = (context, _) => new ValueTask(refusals.WriteAsync(
                context.HttpContext, Refusal.TooManyRequests(context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.Zero)));
        });
        return services;
    }

    /// <summary>Lets nobody pass who lacks what a route demands, or asks too often.</summary>
    public static IApplicationBuilder UseTokens(this IApplicationBuilder app)
    {
        app.UseMiddleware<TokenReader>();
        app.UseRateLimiter();
        return app.UseMiddleware<AccessCheck>();
    }
}
