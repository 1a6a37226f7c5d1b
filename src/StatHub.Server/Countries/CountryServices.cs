using Microsoft.Extensions.Options;
using StatHub.Core.Dimensions.Countries;

namespace StatHub.Server.Countries;

internal static class CountryServices
{
    /// <summary>Offers the countries of the file that the configuration names, and watches it; none when it names none.</summary>
    public static IServiceCollection AddCountries(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(CountryOptions.Section);
        services.AddChecked<CountryOptions, CountryOptionsValidator>(section);
        if (string.IsNullOrWhiteSpace(section[nameof(CountryOptions.Database)]))
            return services.AddSingleton(new CountrySource());
        services.AddSingleton(Open);
        services.AddSingleton(provider => provider.GetRequiredService<CountryFile>().Source);
        return services.AddHostedService<CountryWorker>();
    }

    private static CountryFile Open(IServiceProvider provider)
    {
        var path = provider.GetRequiredService<IOptions<CountryOptions>>().Value.Database!;
        try
        {
            return new CountryFile(path);
        }
        catch (InvalidDataException exception)
        {
            // It was of use when the configuration was checked, a moment ago.
            throw new OptionsValidationException(CountryOptions.Section, typeof(CountryOptions), [exception.Message]);
        }
    }
}
