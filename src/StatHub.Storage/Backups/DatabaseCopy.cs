using StatHub.Storage.Posix;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Backups;

/// <summary>
/// The copy of the database that is kept beside it, for what segments cannot give back: tenants, tokens, sums of days whose raw hits are gone.
/// Not for two threads at once.
/// </summary>
public sealed class DatabaseCopy
{
    private readonly string _dataPath;
    private readonly Writer _writer;
    private readonly TimeProvider _time;
    private (int Generation, long Changes)? _copied;

    internal DatabaseCopy(string dataPath, Writer writer, TimeProvider time)
    {
        (_dataPath, _writer, _time) = (dataPath, writer, time);
        Path = PathIn(dataPath);
    }

    /// <summary>Where it is, whether it was made yet or not.</summary>
    public string Path { get; }

    /// <summary>When the copy that is there was made; null when there is none.</summary>
    public DateTimeOffset? MadeAt => File.Exists(Path) ? new DateTimeOffset(File.GetLastWriteTimeUtc(Path)) : null;

    /// <summary>Where the copy of a data folder is.</summary>
    internal static string PathIn(string dataPath) => System.IO.Path.Combine(dataPath, "backup", DatabaseFile.Hits.Name);

    /// <summary>Makes it anew, unless nothing was written since this process made it; it is whole then as before.</summary>
    /// <returns>Whether it was made.</returns>
    /// <exception cref="StoreException">What was copied is damaged. The copy of before stays.</exception>
    /// <exception cref="IOException">The disk has too little left. The copy of before stays.</exception>
    public bool Make()
    {
        // Asked first: what is written while the copy is made is a reason for the next.
        var now = _time.GetUtcNow();
        var state = _writer.State;
        if (state == _copied && File.Exists(Path))
            return false;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        Libc.SyncFolder(_dataPath);
        var suspicion = System.IO.Path.Combine(_dataPath, DatabaseFile.Hits.SuspicionName);
        // Until a copy is whole the next start looks at all of the database.
        File.WriteAllBytes(suspicion, []);
        CheckedCopy.Write(_dataPath, Path, DatabaseFile.Hits);
        File.Delete(suspicion);
        File.SetLastWriteTimeUtc(Path, now.UtcDateTime);
        _copied = state;
        return true;
    }
}
