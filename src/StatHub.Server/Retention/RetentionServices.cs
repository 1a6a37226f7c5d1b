namespace StatHub.Server.Retention;

internal static class RetentionServices
{
    public const string Section = "StatHub:Retention";

    /// <summary>Lets go of raw hits and sums that are not kept any longer.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<RetentionOptions, RetentionOptionsValidator>(configuration.GetSection(Section));
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Retention);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().RollupRetention);
        services.AddHostedService<RetentionWorker>();
        return services;
    }
}
