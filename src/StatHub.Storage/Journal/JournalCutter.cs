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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly JournalFolder _folder;
    private readonly IReopenSignal _signal;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _alone = new(1);

    /// <summary>Makes a cutter for a journal's folder.</summary>
    public JournalCutter(string journalPath, IReopenSignal signal, TimeProvider time) =>
        (_folder, _signal, _time) = (new JournalFolder(journalPath), signal, time);

    /// <summary>Why cuts do not work at the moment; null when they do.</summary>
    public string? Problem { get; private set; }

    /// <summary>Cuts the live file, or brings an earlier cut to its end first.</summary>
    /// <exception cref="ReopenException">nginx could not be signalled. Its lines go on into the cut file, which is still read.</exception>
    /// <exception cref="IOException">The file could not be renamed.</exception>
    public async Task<JournalCut> CutAsync(CancellationToken cancellationToken)
    {
        await _alone.WaitAsync(cancellationToken);
        try
        {
            return await CutAloneAsync(cancellationToken);
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

    /// <summary>Sends the signal again if nginx still writes to a cut file.</summary>
    /// <exception cref="ReopenException">nginx could not be signalled.</exception>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        await _alone.WaitAsync(cancellationToken);
        try
        {
            await FinishAsync(cancellationToken);
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

    private async Task<JournalCut> CutAloneAsync(CancellationToken cancellationToken)
    {
        if (!await FinishAsync(cancellationToken))
            return new JournalCut(null, 0, Signalled: true, Problem);
        var live = new FileInfo(_folder.LivePath);
        if (!live.Exists || live.Length == 0)
            return new JournalCut(null, 0, Signalled: false, "The live file is empty.");
        var name = Rename(live);
        var length = new FileInfo(Path.Combine(_folder.Path, name)).Length;
        await _signal.SendAsync(cancellationToken);
        var reopened = await WaitForWritersAsync(cancellationToken);
        return new JournalCut(name, length, Signalled: true, reopened ? null : Problem);
    }

    /// <summary>Brings an earlier cut to its end; false when nginx still writes to its file.</summary>
    private async Task<bool> FinishAsync(CancellationToken cancellationToken)
    {
        if (StillWrittenTo() is not null)
        {
            await _signal.SendAsync(cancellationToken);
            return await WaitForWritersAsync(cancellationToken);
        }
        Problem = null;
        return true;
    }

    private async Task<bool> WaitForWritersAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (StillWrittenTo() is { } file)
        {
            if (_time.GetElapsedTime(began) > Patience)
            {
                Problem = $"nginx was signalled and still writes to {file}: its workers cannot open a new {JournalFileName.Live}. "
                    + "Check that the user that they run as may enter the journal's folder and its parents and write there, and that the disk is not full.";
                return false;
            }
            await Task.Delay(LookAgain, _time, cancellationToken);
        }
        Problem = null;
        return true;
    }

    private string Rename(FileInfo live)
    {
        // Named after its last hit: a cut in the first second of a minute holds the minute before.
        var minute = new DateTimeOffset(live.LastWriteTimeUtc);
        for (var again = 0; ; again++)
        {
            var name = JournalFileName.ForCut(minute, again);
            if (Libc.TryRename(_folder.LivePath, Path.Combine(_folder.Path, name)))
                return name;
        }
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
