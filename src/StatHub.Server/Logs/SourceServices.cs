using StatHub.Server.Http;

namespace StatHub.Server.Logs;

internal static class SourceServices
{
    /// <summary>Logs that the service follows.</summary>
    public static IServiceCollection AddLogSources(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<SourceOptions, SourceOptionsValidator>(configuration.GetSection(SourceOptions.Section));
        services.AddSingleton<SourceBoard>();
        services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredService<SourceBoard>());
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<SourceBoard>());
        services.AddHostedService<SourceWorker>();
        return services;
    }
}
