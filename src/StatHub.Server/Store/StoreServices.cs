using Microsoft.Extensions.Options;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Storage;

namespace StatHub.Server.Store;

internal static class StoreServices
{
    /// <summary>Opens the embedded store of the data folder and offers its ports.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PrivacyOptions>().Bind(configuration.GetSection(PrivacyOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PrivacyOptions>, PrivacyOptionsValidator>();
        services.AddOptions<BoundsOptions>().Bind(configuration.GetSection(BoundsOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BoundsOptions>, BoundsOptionsValidator>();
        services.AddSingleton(provider => Storage.Store.Open(
            new StoreOptions
            {
                DataPath = Path.GetFullPath(provider.GetRequiredService<IOptions<StatHubOptions>>().Value.DataPath),
                Privacy = provider.GetRequiredService<IOptions<PrivacyOptions>>().Value.Rules,
                KeyLimit = provider.GetRequiredService<IOptions<BoundsOptions>>().Value.KeyLimit,
                Countries = provider.GetRequiredService<CountrySource>(),
                Spam = provider.GetRequiredService<HostSet>(),
                Bots = provider.GetRequiredService<BotList>(),
            },
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Tenants);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Tokens);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Counts);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Dimensions);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().RawHits);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Ledger);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Verifier);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Rebuild);
        return services;
    }
}
