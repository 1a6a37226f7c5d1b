using Microsoft.Extensions.Options;
using StatHub.Storage.Compaction;

namespace StatHub.Server.Compaction;

/// <summary>Compacts what is finished, again and again. It catches everything: hits are counted and read without it too.</summary>
internal sealed partial class CompactionWorker(
    Compactor compactor, IOptions<CompactionOptions> options, TimeProvider time, ILogger<CompactionWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
            return;
        var request = new CompactionRequest
        {
            After = options.Value.After,
            AgainAfter = options.Value.AgainAfter,
            MostBytesPerSecond = options.Value.MostBytesPerSecond,
        };
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.Value.Interval, time, stoppingToken);
                // Sorting and compressing must not run on a thread of the host.
                Log(await Task.Run(() => compactor.RunAsync(request, null, stoppingToken), stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A full disk, a segment that cannot be read: the next try may do better.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogFailed(exception);
            }
        }
    }

    private void Log(CompactionResult result)
    {
        if (result.Days > 0 || result.SegmentsRemoved > 0)
            LogCompacted(result.Days, result.Lines, result.BytesBefore, result.BytesAfter, result.SegmentsRemoved);
        foreach (var problem in result.Problems)
            LogLeft(problem);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Compacted {Days} days of tenants with {Lines} hits from {BytesBefore} to {BytesAfter} bytes, removed {Segments} young segments")]
    private partial void LogCompacted(int days, long lines, long bytesBefore, long bytesAfter, int segments);

    [LoggerMessage(Level = LogLevel.Error, Message = "Compaction left something as it is. {Problem}")]
    private partial void LogLeft(string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Compaction failed; nothing is lost, it is tried again")]
    private partial void LogFailed(Exception exception);
}
