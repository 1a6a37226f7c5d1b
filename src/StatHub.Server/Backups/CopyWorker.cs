using Microsoft.Extensions.Options;
using StatHub.Storage.Backups;
using StatHub.Storage.Posix;

namespace StatHub.Server.Backups;

/// <summary>Copies the database, again and again. It catches everything: hits are counted without a copy too.</summary>
internal sealed partial class CopyWorker(
    DatabaseCopy copy, CopyState state, IOptions<BackupOptions> options, TimeProvider time, ILogger<CopyWorker> logger) : BackgroundService
{
    // Who has no copy does not wait long for the next try.
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
            return;
        if (copy.MadeAt is { } madeAt)
            state.Made(madeAt);
        for (var pause = FirstPause(); !stoppingToken.IsCancellationRequested; pause = state.HasFailed && Again < options.Value.Interval ? Again : options.Value.Interval)
        {
            try
            {
                await Task.Delay(pause, time, stoppingToken);
                // Reading a large database through takes long: a thread of the pool is not to be had that long.
                await Task.Factory.StartNew(Copy, stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A full disk, a database that is damaged: somebody is told, and the next try may do better.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                // A full disk is told where disks are watched; it does not make answers wrong.
                state.Failed(DiskFull.Is(exception) ? null : exception.Message);
                LogFailed(exception);
            }
        }
    }

    /// <summary>A service that is started often has its copies all the same, and one without a copy makes it at once.</summary>
    private TimeSpan FirstPause()
    {
        var due = copy.MadeAt is { } madeAt ? madeAt + options.Value.Interval - time.GetUtcNow() : TimeSpan.Zero;
        // A clock that was set back must not put it off.
        return due < TimeSpan.Zero ? TimeSpan.Zero : due < options.Value.Interval ? due : options.Value.Interval;
    }

    private void Copy()
    {
        var (now, began) = (time.GetUtcNow(), time.GetTimestamp());
        var made = copy.Make();
        var took = time.GetElapsedTime(began);
        state.Made(now);
        if (made)
            LogCopied(copy.Path, took.TotalSeconds);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Copied the database to {Path} and read it through, in {Seconds:0.0} s")]
    private partial void LogCopied(string path, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The database could not be copied; the copy of before stays")]
    private partial void LogFailed(Exception exception);
}
