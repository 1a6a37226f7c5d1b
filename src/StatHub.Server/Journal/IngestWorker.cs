using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using StatHub.Storage;
using StatHub.Storage.Journal;
using StatHub.Storage.Posix;

namespace StatHub.Server.Journal;

/// <summary>Reads the journal into the store, pass after pass. The one place that catches everything: it backs off and tries again.</summary>
internal sealed partial class IngestWorker(
    JournalTail tail, LiveJournal journal, IOptions<JournalOptions> options, TimeProvider time, ILogger<IngestWorker> logger) : BackgroundService
{
    private static readonly TimeSpan MostBackOff = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backOff = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                // A pass reads and compresses; it must not run on the thread that starts the host.
                var pass = await Task.Run(() => tail.Run(stoppingToken), stoppingToken);
                journal.Passed(pass);
                if (pass.Lines > 0)
                    LogCommitted(pass.Lines, pass.BeganAt, tail.PendingBytes);
                foreach (var problem in pass.Problems)
                    LogUnreadable(problem);
                backOff = pass.Problems.Count == 0 ? TimeSpan.Zero : Longer(backOff);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The worker is what must go on, whatever a disk does.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                backOff = Longer(backOff);
                journal.Failed(Explain(exception));
                LogFailed(exception, backOff.TotalSeconds);
            }
            // From beginning to beginning: a pass that took long is no reason for the next to begin later.
            var rest = options.Value.CommitInterval - time.GetElapsedTime(began);
            await PauseAsync(backOff > rest ? backOff : rest, stoppingToken);
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            await journal.WaitForHurryAsync(pause, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private static TimeSpan Longer(TimeSpan backOff) =>
        TimeSpan.FromSeconds(Math.Min(MostBackOff.TotalSeconds, Math.Max(0.25, backOff.TotalSeconds * 2)));

    private static string Explain(Exception exception) => exception switch
    {
        _ when DiskFull.Is(exception) => "The disk of the data folder is full: hits wait in the journal.",
        SqliteException or StoreException => $"The store cannot be written: {exception.Message}",
        _ => $"The journal cannot be ingested: {exception.Message}",
    };

    [LoggerMessage(Level = LogLevel.Debug, Message = "Committed {Lines} lines in the pass of {BeganAt}, {PendingBytes} bytes wait")]
    private partial void LogCommitted(long lines, DateTimeOffset beganAt, long pendingBytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Journal: {Problem}")]
    private partial void LogUnreadable(string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Ingest failed, next try in {Seconds} s; nothing is lost, hits wait in the journal")]
    private partial void LogFailed(Exception exception, double seconds);
}
