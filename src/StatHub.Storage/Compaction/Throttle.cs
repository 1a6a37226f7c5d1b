namespace StatHub.Storage.Compaction;

/// <summary>Keeps a work at a number of bytes a second, so that the ingest and questions do not wait for the disk and the processor.</summary>
internal sealed class Throttle(long bytesPerSecond, TimeProvider time)
{
    // Shorter pauses are not worth a timer.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(20);

    private readonly long _began = time.GetTimestamp();
    private long _bytes;

    /// <summary>Waits until so many bytes more are due.</summary>
    public async ValueTask PassAsync(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (bytesPerSecond == 0)
            return;
        _bytes += bytes;
        var ahead = TimeSpan.FromSeconds((double)_bytes / bytesPerSecond) - time.GetElapsedTime(_began);
        if (ahead > Least)
            await Task.Delay(ahead, time, cancellationToken).ConfigureAwait(false);
    }
}
