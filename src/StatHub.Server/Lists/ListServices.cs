using Microsoft.Extensions.Options;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Referrers;

namespace StatHub.Server.Lists;

internal static class ListServices
{
    /// <summary>Offers the operator's lists: hosts that are no referrers, and own bots.</summary>
    public static IServiceCollection AddLists(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<ReferrerOptions, ReferrerOptionsValidator>(configuration.GetSection(ReferrerOptions.Section));
        services.AddChecked<BotOptions, BotOptionsValidator>(configuration.GetSection(BotOptions.Section));
        services.AddSingleton(provider => Read(provider.GetRequiredService<IOptions<ReferrerOptions>>().Value.SpamList, HostSet.TryRead, HostSet.None));
        return services.AddSingleton(provider => Read(provider.GetRequiredService<IOptions<BotOptions>>().Value.List, BotList.TryRead, BotList.None));
    }

    private static T Read<T>(string? path, ListFile.Reading<T> reading, T none)
    {
        if (string.IsNullOrWhiteSpace(path))
            return none;
        // It was in order when the configuration was checked, a moment ago.
        return ListFile.TryRead(path, reading, out var list, out var mistakes)
            ? list!
            : throw new OptionsValidationException(typeof(T).Name, typeof(T), mistakes);
    }
}
