using Microsoft.Data.Sqlite;
using StatHub.Storage.Events;

namespace StatHub.Server.Events;

/// <summary>Forgets idempotency keys whose time is over, once an hour.</summary>
internal sealed partial class KeyCleaner(IdempotencyKeys keys, TimeProvider time, ILogger<KeyCleaner> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                keys.ForgetOld(time.GetUtcNow());
            }
            catch (SqliteException exception)
            {
                LogFailed(exception);
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old idempotency keys could not be forgotten; they are next hour")]
    private partial void LogFailed(Exception exception);
}
