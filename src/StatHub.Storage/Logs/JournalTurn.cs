using StatHub.Core.Journal;
using StatHub.Storage.Journal;

namespace StatHub.Storage.Logs;

/// <summary>Holds a large import back while the journal has enough of logs.</summary>
/// <param name="journal">The journal.</param>
/// <param name="settings">How much is enough.</param>
/// <param name="time">The clock.</param>
internal sealed class JournalTurn(JournalFolder journal, LogImportSettings settings, TimeProvider time)
{
    private static readonly string LogFiles = Path.GetFileNameWithoutExtension(JournalFileName.Logs) + "-*";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>How large a part is.</summary>
    public long PartBytes => settings.PartBytes;

    /// <summary>Waits as long as too much of logs is in the journal and it gets less.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var least = long.MaxValue;
        var since = time.GetTimestamp();
        while (Waiting() is var waiting && waiting > settings.MostWaitingBytes && time.GetElapsedTime(since) < settings.Patience)
        {
            if (waiting < least)
                (least, since) = (waiting, time.GetTimestamp());
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private long Waiting()
    {
        var bytes = 0L;
        foreach (var file in new DirectoryInfo(journal.Path).EnumerateFiles(LogFiles))
            bytes += file.Exists ? file.Length : 0;
        return bytes;
    }
}
