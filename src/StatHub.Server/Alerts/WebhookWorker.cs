using Microsoft.Extensions.Options;
using StatHub.Core.Tenants;
using StatHub.Storage.Alerts;

namespace StatHub.Server.Alerts;

/// <summary>
/// Sends what waits in the outbox. Each receiver has a lane of its own, in which one notification comes after another; one that does not answer holds up nobody else.
/// </summary>
internal sealed partial class WebhookWorker(
    AlertOutbox outbox, WebhookSender sender, WebhookBell bell, WebhookMeter meter, IOptions<AlertOptions> options, TimeProvider time, ILogger<WebhookWorker> logger) : BackgroundService
{
    private const int MostLanes = 256;

    // Who says no says so again, and what comes after waits.
    private const int MostRefusals = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(TenantId Tenant, string Receiver), Task> _lanes = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Open(stoppingToken);
            }
#pragma warning disable CA1031 // A database that cannot be read at the moment.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogNotRead(exception);
            }
            await bell.WaitAsync(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await Task.WhenAll(_lanes.Values);
    }

    /// <summary>How long to wait before it is tried once more: twice as long each time, and not all at the same time.</summary>
    public static TimeSpan BackOff(int attempts, double random) =>
        Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(attempts, 20))) is var most ? TimeSpan.FromSeconds(most * (0.5 + random / 2)) : default;

    private void Open(CancellationToken stop)
    {
        foreach (var done in _lanes.Where(lane => lane.Value.IsCompleted).Select(lane => lane.Key).ToList())
            _lanes.Remove(done);
        foreach (var lane in outbox.Due(time.GetUtcNow()).Where(lane => !_lanes.ContainsKey(lane)).Take(MostLanes - _lanes.Count).ToList())
            _lanes[lane] = Task.Run(() => RunAsync(lane.Tenant, lane.Receiver, stop), CancellationToken.None);
    }

    /// <summary>Sends one after another, until none is due.</summary>
    private async Task RunAsync(TenantId tenant, string receiver, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && outbox.Next(tenant, receiver, time.GetUtcNow()) is var (known, waiting))
                Settle(tenant, receiver, waiting, await sender.SendAsync(known, waiting.Body, stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It is sent by the next start.
        }
#pragma warning disable CA1031 // A lane that breaks is opened again; the others go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogBroken(exception, tenant, receiver);
        }
    }

    private void Settle(TenantId tenant, string receiver, WaitingNotification waiting, SendOutcome outcome)
    {
        var now = time.GetUtcNow();
        if (outcome.IsTaken)
        {
            meter.Sent();
            outbox.Remove(waiting.Id);
            return;
        }
        meter.Failed();
        if (now - waiting.MadeAt >= options.Value.GiveUpAfter || (outcome.IsRefused && waiting.Attempts + 1 >= MostRefusals))
        {
            meter.GivenUp();
            outbox.Remove(waiting.Id);
            LogGivenUp(tenant, receiver, waiting.Attempts + 1, outcome.Reason);
            return;
        }
        var pause = BackOff(waiting.Attempts, Random.Shared.NextDouble());
        outbox.PutOff(waiting.Id, now + pause);
        LogNotSent(tenant, receiver, waiting.Attempts + 1, outcome.Reason, pause.TotalSeconds);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Receiver {Receiver} of tenant {Tenant} was not told, try {Attempt}: {Reason} It is told again in {Seconds:0} s")]
    private partial void LogNotSent(TenantId tenant, string receiver, int attempt, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Receiver {Receiver} of tenant {Tenant} will not be told, after {Attempt} tries: {Reason}")]
    private partial void LogGivenUp(TenantId tenant, string receiver, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notifications for receiver {Receiver} of tenant {Tenant} could not be read or noted; they wait")]
    private partial void LogBroken(Exception exception, TenantId tenant, string receiver);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notifications could not be read; they wait")]
    private partial void LogNotRead(Exception exception);
}
