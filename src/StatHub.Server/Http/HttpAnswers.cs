using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using StatHub.Contracts.Json;

namespace StatHub.Server.Http;

internal static class HttpAnswers
{
    /// <summary>The clock, the proxies, pages that may ask, JSON as the contract has it, and no header that names the server.</summary>
    public static IServiceCollection AddHttpAnswers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddChecked<ProxyOptions, ProxyOptionsValidator>(configuration.GetSection(ProxyOptions.Section));
        services.AddSingleton<ICorsPolicyProvider, TenantCors>().AddCors();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, StatHubJson.Default);
            // A number in quotes is a mistake of the client, not a number.
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(new InstantConverter());
        });
        services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        return services;
    }
}
