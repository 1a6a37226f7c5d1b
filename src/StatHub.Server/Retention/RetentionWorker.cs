using Microsoft.Extensions.Options;
using StatHub.Storage.Retention;

namespace StatHub.Server.Retention;

/// <summary>Lets go of raw hits and of sums that are not kept any longer, again and again, whether days are compacted or not.</summary>
internal sealed partial class RetentionWorker(
    RawRetention raw, RollupRetention rollups, IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.Value.Interval, time, stoppingToken);
                await RunAsync(raw.Run, LogForgotten, stoppingToken);
                await RunAsync(rollups.Run, LogLetGo, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task RunAsync(Func<CancellationToken, int> retention, Action<int> log, CancellationToken stoppingToken)
    {
        try
        {
            var gone = await Task.Run(() => retention(stoppingToken), stoppingToken);
            if (gone > 0)
                log(gone);
        }
#pragma warning disable CA1031 // A disk that fails now may not the next time.
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Raw hits of {Days} days of tenants are not kept any longer; their sums stay")]
    private partial void LogForgotten(int days);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sums of {Months} months of tenants are not kept any longer")]
    private partial void LogLetGo(int months);

    [LoggerMessage(Level = LogLevel.Error, Message = "Raw hits or sums that are to go could not be removed; it is tried again")]
    private partial void LogFailed(Exception exception);
}
