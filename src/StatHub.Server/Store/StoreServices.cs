using Microsoft.Extensions.Options;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Logs.Ringserver;
using StatHub.Server.Http;
using StatHub.Storage;
using StatHub.Storage.Alerts;
using StatHub.Storage.Logs;
using StatHub.Storage.Recovery;
using StatHub.Storage.Stats;

namespace StatHub.Server.Store;

internal static partial class StoreServices
{
    /// <summary>Opens the embedded store of the data folder and offers its ports.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<PrivacyOptions, PrivacyOptionsValidator>(configuration.GetSection(PrivacyOptions.Section));
        services.AddChecked<BoundsOptions, BoundsOptionsValidator>(configuration.GetSection(BoundsOptions.Section));
        services.AddSingleton(Open);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Tenants);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Tokens);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Counts);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Dimensions);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().RawHits);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Ledger);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Verifier);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Rebuild);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().EventJournal);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Events);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().IdempotencyKeys);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().LogImports);
        services.AddSingleton<DamageReadiness>();
        services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredService<DamageReadiness>());
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<DamageReadiness>());
        return services;
    }

    private static Storage.Store Open(IServiceProvider provider)
    {
        var store = Storage.Store.Open(
            new StoreOptions
            {
                DataPath = Path.GetFullPath(provider.GetRequiredService<IOptions<StatHubOptions>>().Value.DataPath),
                Privacy = provider.GetRequiredService<IOptions<PrivacyOptions>>().Value.Rules,
                KeyLimit = provider.GetRequiredService<IOptions<BoundsOptions>>().Value.KeyLimit,
                Countries = provider.GetRequiredService<CountrySource>(),
                HostHash = provider.GetRequiredService<HostHash>(),
                Spam = provider.GetRequiredService<HostSet>(),
                Bots = provider.GetRequiredService<BotList>(),
                LogImports = provider.GetRequiredService<LogImportSettings>(),
                Stats = provider.GetRequiredService<StatsSettings>(),
                Alerts = provider.GetRequiredService<AlertSettings>(),
            },
            provider.GetRequiredService<TimeProvider>());
        if (store.Recovery is { } recovery)
            Log(provider.GetRequiredService<ILogger<Storage.Store>>(), recovery);
        return store;
    }

    private static void Log(ILogger logger, RecoveryReport recovery)
    {
        LogRecovered(logger, recovery.Reason, recovery.Batches, recovery.Days, recovery.Hits, recovery.KeptDays);
        if (recovery.CopyMadeAt is { } madeAt)
            LogCopied(logger, madeAt, recovery.CopyBatch);
        if (recovery.Quarantine is { } quarantine)
            LogQuarantine(logger, quarantine);
        foreach (var problem in recovery.Problems)
            LogProblem(logger, problem);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "{Reason} It was made again from the segments of {Batches} commits: {Days} days of tenants with {Hits} hits were summed again, {KeptDays} kept the sums that they had")]
    private static partial void LogRecovered(ILogger logger, string reason, long batches, long days, long hits, long keptDays);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Tenants, their settings and tokens are those of the copy of {MadeAt:yyyy-MM-dd HH:mm:ss}Z, which knew commit {CopyBatch}. Make again what was changed since: hits of a tenant that was registered later and has no raw hits are refused until it is registered again")]
    private static partial void LogCopied(ILogger logger, DateTimeOffset madeAt, long? copyBatch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was left of the database is in {Quarantine}; remove it when you are content")]
    private static partial void LogQuarantine(ILogger logger, string quarantine);

    [LoggerMessage(Level = LogLevel.Error, Message = "Something could not be made again. {Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}
