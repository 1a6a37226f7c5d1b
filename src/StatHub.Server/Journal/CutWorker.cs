using Microsoft.Extensions.Options;
using StatHub.Core.Journal;
using StatHub.Core.Nginx;
using StatHub.Storage.Journal;

namespace StatHub.Server.Journal;

/// <summary>Cuts the live file at every full interval, and in between helps a cut that is not done.</summary>
internal sealed partial class CutWorker(JournalCutter cutter, NginxJournal nginx, TimeProvider time, IOptions<JournalOptions> options, ILogger<CutWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = options.Value.CutInterval;
        if (interval == TimeSpan.Zero || !nginx.CanReopen)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Until(interval), time, stoppingToken);
                LogCut(await cutter.CutAsync(stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is ReopenException or IOException or UnauthorizedAccessException)
            {
                LogFailed(exception.Message);
            }
            await HealAsync(stoppingToken);
        }
    }

    /// <summary>Tries a whole cut every few seconds: half of one would not show that cuts work.</summary>
    private async Task HealAsync(CancellationToken stoppingToken)
    {
        while (cutter.Problem is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.Value.HealInterval, time, stoppingToken);
                await cutter.CutAsync(stoppingToken);
                if (cutter.Problem is null)
                    LogHealed();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is ReopenException or IOException or UnauthorizedAccessException)
            {
                LogStillFailing(exception.Message);
            }
        }
    }

    /// <summary>Cuts fall on full minutes of the clock, so that a file holds one.</summary>
    private TimeSpan Until(TimeSpan interval) => TimeSpan.FromTicks(interval.Ticks - time.GetUtcNow().Ticks % interval.Ticks);

    private void LogCut(JournalCut cut)
    {
        if (cut.File is not null)
            LogCut(cut.File, cut.Bytes);
        if (cutter.Problem is { } problem)
            LogFailed(problem);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Cut {File} with {Bytes} bytes")]
    private partial void LogCut(string file, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cut failed: {Problem}. Hits go on into the last file and are read from there")]
    private partial void LogFailed(string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cuts still fail: {Problem}")]
    private partial void LogStillFailing(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Cuts work again")]
    private partial void LogHealed();
}
