using Microsoft.Extensions.Options;
using StatHub.Server.Http;

namespace StatHub.Server.Alerts;

internal static class AlertServices
{
    /// <summary>Rules that tenants write, and the receivers that are told.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<AlertOptions, AlertOptionsValidator>(configuration.GetSection(AlertOptions.Section));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<AlertOptions>>().Value.Settings);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Alerts);
        services.AddSingleton(provider => provider.GetRequiredService<Storage.Store>().Alerts.Outbox);
        services.AddSingleton(provider => new WebhookText(provider.GetRequiredService<IOptions<StatHubOptions>>().Value.PublicUrl));
        services.AddSingleton<AlertBoard>();
        services.AddSingleton<IReadinessSource>(provider => provider.GetRequiredService<AlertBoard>());
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<AlertBoard>());
        services.AddSingleton<AlertRounds>();
        services.AddSingleton<WebhookBell>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<WebhookMeter>();
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<WebhookMeter>());
        services.AddHostedService<AlertWorker>();
        services.AddHostedService<WebhookWorker>();
        return services;
    }
}
