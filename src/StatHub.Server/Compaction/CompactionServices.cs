namespace StatHub.Server.Compaction;

internal static class CompactionServices
{
    public const string Section = "StatHub:Compaction";

    /// <summary>Brings finished days into one file per tenant.</summary>
    public static IServiceCollection AddCompaction(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<CompactionOptions, CompactionOptionsValidator>(configuration.GetSection(Section));
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Compaction);
        services.AddHostedService<CompactionWorker>();
        return services;
    }
}
