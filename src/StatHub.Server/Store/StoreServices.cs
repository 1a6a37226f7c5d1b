using StatHub.Core.Privacy;
using StatHub.Storage;

namespace StatHub.Server.Store;

internal static class StoreServices
{
    /// <summary>Opens the embedded store of the data folder and offers its ports.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(StatHubOptions.Section);
        services.AddSingleton(provider => Storage.Store.Open(
            new StoreOptions
            {
                DataPath = Path.GetFullPath(section["DataPath"] ?? "data"),
                Addresses = section.GetValue("Privacy:Addresses", AddressTreatment.Truncated),
            },
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Tenants);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Tokens);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Counts);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().RawHits);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Ledger);
        return services;
    }
}
