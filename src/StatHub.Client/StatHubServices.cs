using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StatHub.Client;

// Where those who call AddStatHub look for it.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>StatHub in a program with dependency injection.</summary>
public static class StatHubServices
{
    /// <summary>
    /// Adds a <see cref="StatHubClient"/> for the whole program. Its options are the configuration's section <c>StatHub</c> (<c>Url</c>, <c>Token</c>, …), if there is one, and what
    /// <paramref name="configure"/> sets. What is missing or wrong is an error at the start of the host. When the host stops, what waits is sent.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="configure">Sets options.</param>
    public static IServiceCollection AddStatHub(this IServiceCollection services, Action<StatHubClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<StatHubClientOptions>().BindConfiguration("StatHub");
        if (configure is not null)
            options.Configure(configure);
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StatHubClientOptions>, OptionsCheck>());
        services.TryAddSingleton(provider => new StatHubClient(
            provider.GetRequiredService<IOptions<StatHubClientOptions>>().Value,
            provider.GetService<ILogger<StatHubClient>>(),
            provider.GetService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Ending>());
        return services;
    }

    private sealed class OptionsCheck : IValidateOptions<StatHubClientOptions>
    {
        public ValidateOptionsResult Validate(string? name, StatHubClientOptions options) =>
            options.Mistakes() is { Count: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes.Select(mistake => "StatHub: " + mistake)) : ValidateOptionsResult.Success;
    }

    /// <summary>Ends the client with the host, while the rest of the program still runs.</summary>
    private sealed class Ending(StatHubClient client) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => client.DisposeAsync().AsTask();
    }
}
