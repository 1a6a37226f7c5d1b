using Microsoft.Extensions.Options;
using StatHub.Server.Http;
using StatHub.Storage.Backups;

namespace StatHub.Server.Backups;

internal static class BackupServices
{
    /// <summary>Keeps a copy of the database beside it, and makes backups of everything when somebody asks for one.</summary>
    public static IServiceCollection AddBackups(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<BackupOptions, BackupOptionsValidator>(configuration.GetSection(BackupOptions.Section));
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().DatabaseCopy);
        services.AddSingleton(Create);
        services.AddSingleton<CopyState>();
        services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredService<CopyState>());
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<CopyState>());
        services.AddHostedService<CopyWorker>();
        services.AddHostedService<BackupCleaner>();
        return services;
    }

    private static StoreBackups Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<BackupOptions>>().Value;
        var store = provider.GetRequiredService<Storage.Store>();
        return store.CreateBackups(new BackupSettings
        {
            Folder = string.IsNullOrEmpty(options.Folder) ? Path.Combine(store.DataPath, "backups") : Path.GetFullPath(options.Folder),
            Keep = options.Keep,
            MostBytesPerSecond = options.MostBytesPerSecond,
        });
    }
}
