using StatHub.Core.Tenants;

namespace StatHub.Server.Alerts;

/// <summary>Looks at rules each second. It catches everything: hits are counted without alerts too.</summary>
internal sealed partial class AlertWorker(AlertRounds rounds, AlertBoard board, TimeProvider time, ILogger<AlertWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var (tenant, failure) in await Task.Run(() => rounds.Run(stoppingToken), stoppingToken))
                    LogFailed(failure, tenant);
                await Task.Delay(Pause, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A database that cannot be read at the moment.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                board.Done(TimeSpan.Zero, exception.Message);
                LogNotLooked(exception);
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Alerts of tenant {Tenant} could not be looked at; it is tried again")]
    private partial void LogFailed(Exception exception, TenantId tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alerts could not be looked at; it is tried again")]
    private partial void LogNotLooked(Exception exception);
}
