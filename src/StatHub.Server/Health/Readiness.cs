using Microsoft.Extensions.Options;
using StatHub.Core.Journal;
using StatHub.Server.Http;

namespace StatHub.Server.Health;

/// <summary>Section <c>StatHub:Health</c>.</summary>
internal sealed class HealthOptions
{
    /// <summary>How far answers may lag behind what was written.</summary>
    public TimeSpan MaxLag { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many bytes may wait in the journal.</summary>
    public long MaxPendingBytes { get; set; } = 4L * 1024 * 1024 * 1024;

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
        if (options.MaxPendingBytes < 1)
            result.AddError("StatHub:Health:MaxPendingBytes is a number of bytes, 1 or more.");
        if (options.MinFreeBytes < 0)
            result.AddError("StatHub:Health:MinFreeBytes is a number of bytes.");
        return result.Build();
    }
}

/// <summary>Everything that keeps the service from its work at the moment.</summary>
internal sealed class Readiness(
    IJournal journal, TimeProvider time, IEnumerable<IReadinessSource> sources, IOptions<HealthOptions> limits, IOptions<StatHubOptions> options) : IMetricSource
{
    public IReadOnlyList<string> Reasons() => [.. journal.Problems, .. Lag(), .. Backlog(), .. Disk(), .. sources.SelectMany(source => source.Reasons())];

    /// <summary>What the disks have left, in bytes, by what is on them. Journal and segments may be links to, or mounts of, other disks than that of the folder they are in.</summary>
    public IEnumerable<(string Of, long Free)> FreeBytes()
    {
        var data = Path.GetFullPath(options.Value.DataPath);
        foreach (var (name, folder) in ((string, string)[])[("data folder", data), ("journal", Path.Combine(data, "journal")), ("segments", Path.Combine(data, "segments"))])
        {
            // A folder that is not there is the journal's or the store's trouble, and told by them.
            if (Directory.Exists(folder))
                yield return (name, new DriveInfo(folder).AvailableFreeSpace);
        }
    }

    public void WriteTo(PrometheusText text)
    {
        text.Metric("stathub_disk_free_bytes", "gauge", "What the disk that something is on has left.");
        foreach (var (of, free) in FreeBytes())
            text.Sample("stathub_disk_free_bytes", free, ("of", of));
        text.Metric("stathub_disk_least_free_bytes", "gauge", "Below so much the service is not ready.")
            .Sample("stathub_disk_least_free_bytes", limits.Value.MinFreeBytes)
            .Metric("stathub_journal_most_pending_bytes", "gauge", "Above so many pending bytes the service is not ready.")
            .Sample("stathub_journal_most_pending_bytes", limits.Value.MaxPendingBytes);
    }

    private IEnumerable<string> Lag()
    {
        var lag = time.GetUtcNow() - journal.AsOf;
        if (lag > limits.Value.MaxLag)
            yield return $"Answers are {lag.TotalMinutes:0} minutes behind what was written; {journal.PendingBytes} bytes wait in the journal.";
    }

    private IEnumerable<string> Backlog()
    {
        if (journal.PendingBytes > limits.Value.MaxPendingBytes)
            yield return $"{journal.PendingBytes} bytes wait in the journal, more than {limits.Value.MaxPendingBytes}.";
    }

    private IEnumerable<string> Disk() => FreeBytes().Where(disk => disk.Free < limits.Value.MinFreeBytes)
        .GroupBy(disk => $"{disk.Free / 1024 / 1024} MiB", disk => disk.Of)
        .Select(disk => $"The disk of the {string.Join(" and the ", disk)} has {disk.Key} left.");
}

internal static class HealthServices
{
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<HealthOptions, HealthOptionsValidator>(configuration.GetSection("StatHub:Health"));
        services.AddSingleton<Readiness>();
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<Readiness>());
        return services;
    }
}
