using StatHub.Server.Http;

namespace StatHub.Server.Events;

internal static class EventServices
{
    /// <summary>Takes events.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventIntake>();
        services.AddSingleton<EventState>();
        services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredService<EventState>());
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<EventState>());
        services.AddHostedService<KeyCleaner>();
        return services;
    }
}
