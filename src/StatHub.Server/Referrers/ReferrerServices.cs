using Microsoft.Extensions.Options;
using StatHub.Core.Dimensions.Referrers;

namespace StatHub.Server.Referrers;

internal static class ReferrerServices
{
    /// <summary>Offers the hosts that are no referrers.</summary>
    public static IServiceCollection AddReferrers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReferrerOptions>().Bind(configuration.GetSection(ReferrerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReferrerOptions>, ReferrerOptionsValidator>();
        return services.AddSingleton(provider => Read(provider.GetRequiredService<IOptions<ReferrerOptions>>().Value.SpamList));
    }

    private static HostSet Read(string? path)
    {
        if (string.IsNullOrWhiteSpace(path))
            return HostSet.None;
        // It was in order when the configuration was checked, a moment ago.
        return SpamList.TryRead(path, out var hosts, out var mistakes)
            ? hosts
            : throw new OptionsValidationException(ReferrerOptions.Section, typeof(ReferrerOptions), mistakes);
    }
}
