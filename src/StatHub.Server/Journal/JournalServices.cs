using Microsoft.Extensions.Options;
using StatHub.Core.Journal;
using StatHub.Core.Nginx;

namespace StatHub.Server.Journal;

internal static class JournalServices
{
    public const string Section = "StatHub:Journal";

    /// <summary>Reads the journal into the store, and cuts it.</summary>
    public static IServiceCollection AddJournal(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<JournalOptions, JournalOptionsValidator>(configuration.GetSection(Section));
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().CreateCutter(
            provider.GetRequiredService<IReopenSignal>(), provider.GetRequiredService<IOptions<JournalOptions>>().Value.ReopenPatience));
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Tail);
        services.AddSingleton<LiveJournal>();
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<LiveJournal>());
        services.AddHostedService<IngestWorker>();
        services.AddHostedService<CutWorker>();
        return services;
    }
}
