using StatHub.Core.Tokens;

namespace StatHub.Server.Tokens;

/// <summary>Writes when tokens were used, once a minute and at the end: no request waits for it.</summary>
internal sealed partial class TokenUseWorker(ITokenStore tokens, TimeProvider time, ILogger<TokenUseWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Write();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, time, stoppingToken);
                await Task.Run(Write, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Write()
    {
        try
        {
            tokens.WriteUses();
        }
#pragma warning disable CA1031 // A disk that fails now may not the next time, and nothing is forgotten until then.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "When tokens were used could not be written; it is tried again")]
    private partial void LogFailed(Exception exception);
}
