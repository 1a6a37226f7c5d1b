using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StatHub.Server;

/// <summary>Section <c>StatHub</c>.</summary>
internal sealed class StatHubOptions
{
    public const string Section = "StatHub";

    /// <summary>The folder that holds everything that is kept.</summary>
    [Required(ErrorMessage = "StatHub:DataPath is empty: it names the folder that holds the data.")]
    public string DataPath { get; set; } = "data";

    /// <summary>The first part of the pixel's path.</summary>
    [Required(ErrorMessage = "StatHub:Prefix is empty.")]
    [RegularExpression(
        "^(?!(api|ping|log|stats|openapi|swagger|healthz|readyz|healthcheck|statcount|statdata|rawlog|metrics|problems)$)[a-z0-9-]{1,32}$",
        ErrorMessage = "StatHub:Prefix is 1 to 32 of a-z, 0-9 and '-', and no path that the API answers.")]
    public string Prefix { get; set; } = "p";

    /// <summary>Where browsers reach nginx, with a path when it is not at the root of its host.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>The path that a proxy puts before ours; empty when there is none.</summary>
    public string PublicPath => PublicUrl?.AbsolutePath.TrimEnd('/') ?? "";
}

[OptionsValidator]
internal sealed partial class StatHubOptionsValidator : IValidateOptions<StatHubOptions>;

/// <summary>What attributes cannot say.</summary>
internal sealed class PublicUrlValidator : IValidateOptions<StatHubOptions>
{
    public ValidateOptionsResult Validate(string? name, StatHubOptions options) =>
        options.PublicUrl is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("StatHub:PublicUrl is not an absolute http or https address.");
}

internal static class StatHubOptionsRegistration
{
    public static IServiceCollection AddStatHubOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<StatHubOptions, StatHubOptionsValidator>(configuration.GetSection(StatHubOptions.Section));
        services.AddSingleton<IValidateOptions<StatHubOptions>, PublicUrlValidator>();
        return services;
    }
}
