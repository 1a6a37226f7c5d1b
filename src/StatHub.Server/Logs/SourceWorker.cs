using StatHub.Core.Tenants;
using StatHub.Storage.Logs;
using StatHub.Storage.Logs.Following;

namespace StatHub.Server.Logs;

/// <summary>Looks at each log that is followed once a second, or at once while there is more. One that fails holds no other up.</summary>
internal sealed partial class SourceWorker(SourceBoard board, IServiceProvider services, TimeProvider time, ILogger<SourceWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenGlances = TimeSpan.FromMilliseconds(25);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(board.Sources.Select(source => Task.Run(() => FollowAsync(source, stoppingToken), stoppingToken)));

    private async Task FollowAsync(LogSource source, CancellationToken stoppingToken)
    {
        using var follower = services.GetRequiredService<LogImports>().Follow(source);
        var tenants = services.GetRequiredService<ITenantStore>();
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!Look(follower, source, tenants))
                await PauseAsync(follower, source, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Until the next look it is only seen how long the log is, so that little can be written and cut away that nobody knows of.</summary>
    private async Task PauseAsync(LogFollower follower, LogSource source, CancellationToken stoppingToken)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Pause)
        {
            await Task.Delay(BetweenGlances, time, stoppingToken);
            var seen = follower.State;
            if (follower.Glance())
                return;
            if (!ReferenceEquals(seen, follower.State))
                board.Note(source, follower.State);
        }
    }

    /// <summary>Looks once; whether there is more.</summary>
    private bool Look(LogFollower follower, LogSource source, ITenantStore tenants)
    {
        var before = follower.State.Error;
        try
        {
            if (tenants.Find(source.Tenant) is null)
            {
                board.Note(source, follower.State with { Error = $"nobody registered its tenant {source.Tenant}." });
                return false;
            }
            var more = follower.Look();
            board.Note(source, follower.State);
            return more;
        }
#pragma warning disable CA1031 // What is wrong with a log or a disk is told, and it is looked again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            board.Note(source, follower.State with { Error = exception.Message });
            if (before != exception.Message)
                LogFailed(exception, source.Path);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The log {Path} could not be followed; it is tried again")]
    private partial void LogFailed(Exception exception, string path);
}
