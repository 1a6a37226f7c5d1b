using System.Buffers;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Logs.Following;

/// <summary>Brings lines of followed logs into the journal as imports do: on disk in the spool, noted together with the new position, moved, and settled.</summary>
/// <param name="table">What is noted.</param>
/// <param name="spool">Where files are until they are moved.</param>
/// <param name="take">Moves a file of the spool into the journal.</param>
/// <param name="time">The clock.</param>
internal sealed class FollowJournal(FollowTable table, string spool, Action<string> take, TimeProvider time)
{
    private const long LeastFreeBytes = 256 * 1024 * 1024;

    public string Spool => spool;

    public FollowTable Table => table;

    public TimeProvider Time => time;

    /// <summary>Called at each step; for tests.</summary>
    public Action<FollowStep> OnStep { get; set; } = _ => { };

    /// <summary>Writes journal lines to the spool, on disk; the name of the file, null without lines.</summary>
    public string? Write(ArrayBufferWriter<byte> lines)
    {
        if (lines.WrittenCount == 0)
            return null;
        if (new DriveInfo(spool).AvailableFreeSpace < LeastFreeBytes)
            throw DiskFull.Ahead("The disk of the data folder is nearly full.");
        var name = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var path = Path.Combine(spool, name);
        try
        {
            using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, lines.WrittenSpan, 0);
                RandomAccess.FlushToDisk(file);
            }
            Libc.SyncFolder(spool);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        OnStep(FollowStep.Written);
        return name;
    }

    /// <summary>Notes a state, and moves what belongs to it.</summary>
    public FollowedFile Commit(LogSource source, FollowedFile file, string format, FollowedTotals totals, string? part)
    {
        file = table.Note(source, file, format, totals, time.GetUtcNow(), part);
        OnStep(FollowStep.Noted);
        if (part is not null)
            Publish(part);
        return file;
    }

    /// <summary>Moves what a failure or a crash left.</summary>
    /// <param name="source">Of which source; null for all.</param>
    /// <param name="isRestored">The spool was not there: what is noted and not moved is not in the backup.</param>
    public void Recover(LogSource? source, bool isRestored)
    {
        foreach (var part in table.Parts(source))
        {
            if (isRestored)
                table.Lost(part);
            else if (File.Exists(Path.Combine(spool, part)))
                Publish(part);
            else
                table.Moved(part);
        }
    }

    private void Publish(string part)
    {
        take(part);
        OnStep(FollowStep.Moved);
        table.Moved(part);
        OnStep(FollowStep.Settled);
    }
}
