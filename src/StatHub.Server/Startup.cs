using Microsoft.Extensions.Options;
using StatHub.Storage;

namespace StatHub.Server;

internal static class Startup
{
    /// <summary>
    /// Runs until the service is stopped. A mistake in the configuration, or a data folder that is in use or damaged, is
    /// told as such, each on a line of its own, and the process ends with 1.
    /// </summary>
    public static async Task<int> RunOrExplainAsync(this WebApplication app, TextWriter errors)
    {
        try
        {
            // The host would first make its workers, which stop at the first mistake that concerns them.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            await app.RunAsync();
            return 0;
        }
        catch (Exception exception) when (Mistakes(exception) is { Count: > 0 } mistakes)
        {
            await errors.WriteLineAsync("StatHub cannot start:");
            foreach (var mistake in mistakes)
                await errors.WriteLineAsync($"  {mistake}");
            return 1;
        }
    }

    private static List<string> Mistakes(Exception exception) => exception switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        StoreException store => [store.Message],
        AggregateException { InnerExceptions: var several } when several.All(inner => inner is OptionsValidationException) =>
            [.. several.Cast<OptionsValidationException>().SelectMany(invalid => invalid.Failures)],
        _ => [],
    };
}
