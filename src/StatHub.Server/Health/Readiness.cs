using Microsoft.Extensions.Options;
using StatHub.Core.Journal;

namespace StatHub.Server.Health;

/// <summary>Section <c>StatHub:Health</c>.</summary>
internal sealed class HealthOptions
{
    /// <summary>How far answers may lag behind what was written.</summary>
    public TimeSpan MaxLag { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many bytes the disks of the data folder, the journal and the segments should have left.</summary>
    public long MinFreeBytes { get; set; } = 256L * 1024 * 1024;
}

internal sealed class HealthOptionsValidator : IValidateOptions<HealthOptions>
{
    public ValidateOptionsResult Validate(string? name, HealthOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.MaxLag < TimeSpan.FromSeconds(1))
            result.AddError("StatHub:Health:MaxLag is a time span of at least a second.");
        if (options.MinFreeBytes < 0)
            result.AddError("StatHub:Health:MinFreeBytes is a number of bytes.");
        return result.Build();
    }
}

/// <summary>Everything that keeps the service from its work at the moment.</summary>
internal sealed class Readiness(
    IJournal journal, TimeProvider time, IOptions<HealthOptions> limits, IOptions<StatHubOptions> options)
{
    public IReadOnlyList<string> Reasons() => [.. journal.Problems, .. Lag(), .. Disk()];

    private IEnumerable<string> Lag()
    {
        var lag = time.GetUtcNow() - journal.AsOf;
        if (lag > limits.Value.MaxLag)
            yield return $"Answers are {lag.TotalMinutes:0} minutes behind what was written; {journal.PendingBytes} bytes wait in the journal.";
    }

    /// <summary>Journal and segments may be links to, or mounts of, other disks than that of the folder they are in.</summary>
    private IEnumerable<string> Disk()
    {
        var data = Path.GetFullPath(options.Value.DataPath);
        return Low("data folder", data).Concat(Low("journal", Path.Combine(data, "journal"))).Concat(Low("segments", Path.Combine(data, "segments")))
            .GroupBy(low => low.Left, low => low.Of)
            .Select(disk => $"The disk of the {string.Join(" and the ", disk)} has {disk.Key} left.");
    }

    private IEnumerable<(string Of, string Left)> Low(string name, string folder)
    {
        // A folder that is not there is the journal's or the store's trouble, and told by them.
        if (!Directory.Exists(folder))
            yield break;
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < limits.Value.MinFreeBytes)
            yield return (name, $"{free / 1024 / 1024} MiB");
    }
}

internal static class HealthServices
{
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HealthOptions>().Bind(configuration.GetSection("StatHub:Health")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HealthOptions>, HealthOptionsValidator>();
        services.AddSingleton<Readiness>();
        return services;
    }
}
