using Microsoft.Extensions.Options;
using StatHub.Core.Nginx;

namespace StatHub.Server.Nginx;

public static class NginxServices
{
    /// <summary>Registers the reopen signal that the configuration names.</summary>
    public static IServiceCollection AddNginx(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<NginxOptions, NginxOptionsValidator>(configuration.GetSection(NginxOptions.Section));
        services.AddSingleton<IReopenSignal>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<NginxOptions>>().Value;
            return options.ReopenMethod switch
            {
                ReopenMethod.Docker => new DockerReopenSignal(options.DockerSocket!, options.Container!),
                ReopenMethod.Process => new ProcessReopenSignal(options.PidFile!),
                _ => new NoReopenSignal(),
            };
        });
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<NginxOptions>>().Value;
            return new NginxJournal(options.JournalLayout == NginxLayout.Buffered, options.ReopenMethod != ReopenMethod.None);
        });
        return services;
    }
}
