using StatHub.Core.Journal;
using StatHub.Core.Nginx;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Journal;

/// <summary>
/// Cuts the live file: renames it, never over another file, and makes nginx reopen its logs. Whether nginx did is read
/// from the files themselves, so a restart in between changes nothing: as long as somebody writes to a cut file the
/// cut is not done, no other is made, and the signal is sent again.
/// </summary>
public sealed class JournalCutter : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly JournalFolder _folder;
    private readonly IReopenSignal _signal;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly SemaphoreSlim _alone = new(1);

    internal JournalCutter(JournalFolder folder, IReopenSignal signal, TimeProvider time, TimeSpan patience) =>
        (_folder, _signal, _time, _patience) = (folder, signal, time, patience);

    /// <summary>Why cuts do not work at the moment; null when they do.</summary>
    public string? Problem { get; private set; }

    /// <summary>Brings an earlier cut to its end, then cuts the live file.</summary>
    /// <exception cref="ReopenException">nginx could not be signalled. Its lines go on into the cut file, which is still read.</exception>
    /// <exception cref="IOException">The file could not be renamed.</exception>
    public async Task<JournalCut> CutAsync(CancellationToken cancellationToken)
    {
        await _alone.WaitAsync(cancellationToken);
        try
        {
            // Only what a whole cut came to may clear the problem: its steps succeed long before the one that fails.
            var (cut, problem) = await CutAloneAsync(cancellationToken);
            Problem = problem;
            return cut;
        }
        catch (Exception exception) when (exception is ReopenException or IOException or UnauthorizedAccessException)
        {
            Problem = exception.Message;
            throw;
        }
        finally
        {
            _alone.Release();
        }
    }

    public void Dispose() => _alone.Dispose();

    private async Task<(JournalCut Cut, string? Problem)> CutAloneAsync(CancellationToken cancellationToken)
    {
        if (await FinishAsync(cancellationToken) is { } unfinished)
            return (new JournalCut(null, 0, Signalled: true, unfinished), unfinished);
        var live = new FileInfo(_folder.LivePath);
        if (!live.Exists || live.Length == 0)
            return (new JournalCut(null, 0, Signalled: false, "The live file is empty."), null);
        // Named after its last hit: a cut in the first second of a minute holds the minute before.
        var name = _folder.CutLive(new DateTimeOffset(live.LastWriteTimeUtc));
        var length = new FileInfo(Path.Combine(_folder.Path, name)).Length;
        await _signal.SendAsync(cancellationToken);
        var problem = await WaitForWritersAsync(cancellationToken);
        return (new JournalCut(name, length, Signalled: true, problem), problem);
    }

    /// <summary>Sends the signal again if nginx still writes to a cut file; why that did not help, or null.</summary>
    private async Task<string?> FinishAsync(CancellationToken cancellationToken)
    {
        if (StillWrittenTo() is null)
            return null;
        await _signal.SendAsync(cancellationToken);
        return await WaitForWritersAsync(cancellationToken);
    }

    private async Task<string?> WaitForWritersAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (StillWrittenTo() is { } file)
        {
            if (_time.GetElapsedTime(began) > _patience)
            {
                return $"nginx was signalled and still writes to {file}: its workers cannot open a new {JournalFileName.Live}. "
                    + "Check that the user that they run as may enter the journal's folder and its parents and write there, and that the disk is not full.";
            }
            await Task.Delay(LookAgain, _time, cancellationToken);
        }
        return null;
    }

    private string? StillWrittenTo() =>
        _folder.Scan().Where(file => file.Parsed.Kind == JournalFileKind.Cut).FirstOrDefault(HasWriters)?.Name;

    private static bool HasWriters(JournalFile file)
    {
        try
        {
            using var handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Libc.HasWriters(handle) == true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
