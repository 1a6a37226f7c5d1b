using Microsoft.Extensions.Options;
using StatHub.Core.Journal;
using StatHub.Core.Logs.Ringserver;
using StatHub.Storage.Logs;

namespace StatHub.Server.Logs;

internal static class LogServices
{
    /// <summary>Offers what imports of logs need besides the store.</summary>
    public static IServiceCollection AddLogImports(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<LogOptions, LogOptionsValidator>(configuration.GetSection(LogOptions.Section));
        services.AddSingleton(provider => new LogImportSettings
        {
            PartBytes = provider.GetRequiredService<IOptions<LogOptions>>().Value.PartBytes,
            OnPart = () => provider.GetRequiredService<IJournal>().Hurry(),
        });
        return services.AddSingleton(provider => new HostHash(provider.GetRequiredService<IOptions<LogOptions>>().Value.HostHashKey));
    }
}
