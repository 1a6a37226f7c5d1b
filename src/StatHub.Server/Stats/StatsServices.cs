using Microsoft.Extensions.Options;
using StatHub.Core.Stats;
using StatHub.Server.Http;
using StatHub.Storage.Stats;

namespace StatHub.Server.Stats;

internal static class StatsServices
{
    /// <summary>Counters, gauges and sets that applications report.</summary>
    public static IServiceCollection AddStats(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<StatsOptions, StatsOptionsValidator>(configuration.GetSection(StatsOptions.Section));
        services.AddSingleton(provider => Settings(provider.GetRequiredService<IOptions<StatsOptions>>().Value));
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Stats);
        services.AddSingleton<IStatsStore>(provider => provider.GetRequiredService<SqliteStats>());
        services.AddSingleton<StatsTenant>();
        services.AddSingleton<AnswerCache>();
        services.AddSingleton<OpenStreams>();
        services.AddSingleton<StatsState>();
        services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredService<StatsState>());
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<StatsState>());
        services.AddSingleton<ArchiveState>();
        services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredService<ArchiveState>());
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<ArchiveState>());
        services.AddHostedService<ArchiveWorker>();
        return services;
    }

    private static StatsSettings Settings(StatsOptions options) => new()
    {
        GaugeBucket = options.GaugeBucket,
        Bounds = new StatBounds(options.IdLimit, options.ValueLimit, options.MemberLimit),
    };
}
