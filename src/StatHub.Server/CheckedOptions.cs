using Microsoft.Extensions.Options;

namespace StatHub.Server;

internal static class CheckedOptions
{
    /// <summary>Reads options from a section; all mistakes in it are told at the start.</summary>
    public static IServiceCollection AddChecked<TOptions, TValidator>(this IServiceCollection services, IConfigurationSection section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().Bind(section).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
    }
}
