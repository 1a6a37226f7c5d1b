using StatHub.Storage.Backups;

namespace StatHub.Server.Backups;

/// <summary>Removes at the start what a crash left of backups. Where that fails the service starts all the same, and the next backup tries again.</summary>
internal sealed partial class BackupCleaner(StoreBackups backups, ILogger<BackupCleaner> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Run(backups.RemoveLeftovers, stoppingToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What was left of a backup could not be removed")]
    private partial void LogFailed(Exception exception);
}
