using Microsoft.Extensions.Options;

namespace StatHub.Server.Compaction;

internal static class CompactionServices
{
    public const string Section = "StatHub:Compaction";

    /// <summary>Brings finished days into one file per tenant.</summary>
    public static IServiceCollection AddCompaction(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CompactionOptions>().Bind(configuration.GetSection(Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CompactionOptions>, CompactionOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Compaction);
        services.AddHostedService<CompactionWorker>();
        return services;
    }
}
