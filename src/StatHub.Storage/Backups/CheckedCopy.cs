using Microsoft.Data.Sqlite;
using StatHub.Storage.Posix;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Backups;

/// <summary>
/// A copy of the database while it is written to: one state of it, in one file without a write-ahead log, and read through before it has its
/// name. Commits go on meanwhile.
/// </summary>
internal static class CheckedCopy
{
    // The ingest goes on beside it; a small store is on a small disk.
    private const long LeastFreeBytes = 128 * 1024 * 1024;

    /// <summary>Writes a copy; one that is there is replaced when the new one is whole.</summary>
    /// <param name="dataPath">The folder of the database.</param>
    /// <param name="path">Where the copy goes; its folder is there.</param>
    /// <param name="file">Which database.</param>
    /// <param name="atMoment">Runs what it is given at the moment whose state is to be copied; any moment without it.</param>
    /// <exception cref="StoreException">The copy is damaged, so the database may be; what was there stays.</exception>
    /// <exception cref="IOException">The disk has too little left; what was there stays.</exception>
    public static void Write(string dataPath, string path, DatabaseFile file, Action<Action>? atMoment = null)
    {
        var temporary = path + SegmentFolder.Temporary;
        try
        {
            Remove(temporary);
            Copy(dataPath, temporary, file, atMoment ?? (now => now()));
            DatabaseCheck.Run(temporary, file);
            Libc.SyncFile(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch (SqliteException exception)
        {
            throw new StoreException($"The database cannot be copied: {exception.Message}", exception);
        }
        finally
        {
            Remove(temporary);
        }
        Libc.SyncFolder(Path.GetDirectoryName(path)!);
    }

    private static void Copy(string dataPath, string path, DatabaseFile file, Action<Action> atMoment)
    {
        using var source = Database.OpenReader(dataPath, file);
        RefuseFullDisk(source, path);
        // The first question of a transaction says of which moment all others are.
        atMoment(() => Database.Execute(source, "BEGIN; SELECT count(*) FROM sqlite_schema;"));
        using var copy = Database.OpenFile(path, SqliteOpenMode.ReadWriteCreate);
        // Synced as a whole when it is known to be good.
        Database.Execute(copy, "PRAGMA synchronous = OFF");
        source.BackupDatabase(copy);
        // As a database with a write-ahead log it could not be opened in a folder that may only be read.
        Database.Execute(copy, "PRAGMA journal_mode = DELETE");
    }

    private static void RefuseFullDisk(SqliteConnection source, string path)
    {
        using var command = source.CreateCommand();
        command.CommandText = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        var needed = (long)command.ExecuteScalar()!;
        var free = new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace;
        if (free < needed + Math.Min(LeastFreeBytes, needed))
            throw DiskFull.Ahead($"The disk of {path} has {free} bytes left, and a copy of the database takes {needed}.");
    }

    private static void Remove(string temporary)
    {
        SegmentFolder.Remove(temporary);
        SegmentFolder.Remove(temporary + "-journal");
    }
}
