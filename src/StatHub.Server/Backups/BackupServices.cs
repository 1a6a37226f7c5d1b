using Microsoft.Extensions.Options;
using StatHub.Server.Http;

namespace StatHub.Server.Backups;

internal static class BackupServices
{
    /// <summary>Keeps a copy of the database beside it.</summary>
    public static IServiceCollection AddBackups(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BackupOptions>().Bind(configuration.GetSection(BackupOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BackupOptions>, BackupOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().DatabaseCopy);
        services.AddSingleton<CopyState>();
        services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredService<CopyState>());
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<CopyState>());
        services.AddHostedService<CopyWorker>();
        return services;
    }
}
