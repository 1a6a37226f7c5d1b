using Microsoft.Extensions.Options;
using StatHub.Core.Tenants;

namespace StatHub.Server.Tenants;

/// <summary>Section <c>StatHub:Tenants</c>.</summary>
internal sealed class TenantOptions
{
    /// <summary>Tenants that are registered at start when they do not exist.</summary>
    public IList<string> Register { get; } = [];
}

internal sealed class TenantOptionsValidator : IValidateOptions<TenantOptions>
{
    public ValidateOptionsResult Validate(string? name, TenantOptions options)
    {
        var mistakes = options.Register.Where(id => !TenantId.TryParse(id, out _))
            .Select(id => $"StatHub:Tenants:Register names '{id}': a tenant is 1 to 32 characters of a-z and 0-9.").ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}

/// <summary>Registers the configured tenants at start.</summary>
internal sealed partial class TenantRegistration(
    IOptions<TenantOptions> options, ITenantStore tenants, TimeProvider time, ILogger<TenantRegistration> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var id in options.Value.Register.Select(TenantId.Parse))
        {
            if (tenants.TryCreate(new Tenant(id, id.ToString(), RetentionDays: null, time.GetUtcNow())))
                LogRegistered(id);
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Tenant {Tenant} is registered")]
    private partial void LogRegistered(TenantId tenant);
}

internal static class TenantServices
{
    public static IServiceCollection AddTenants(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<TenantOptions, TenantOptionsValidator>(configuration.GetSection("StatHub:Tenants"));
        services.AddHostedService<TenantRegistration>();
        return services;
    }
}
