using System.Globalization;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace StatHub.Storage.Sqlite;

/// <summary>Opens connections to a database file. SQLite's own locks stay out of the way: one connection writes.</summary>
internal static class Database
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The connection for all writes and checkpoints; brings the schema up to date.</summary>
    /// <param name="folder">The folder of the file.</param>
    /// <param name="file">The file.</param>
    /// <param name="onStep">Called at each step of bringing it up to date.</param>
    /// <exception cref="StoreException">The file is of a newer version, or no database.</exception>
    public static SqliteConnection OpenWriter(string folder, DatabaseFile file, Action<MigrationStep>? onStep = null)
    {
        var connection = OpenFile(Path.Combine(folder, file.Name), SqliteOpenMode.ReadWriteCreate);
        try
        {
            // What 16 MiB of pages do not hold is in the kernel's cache: with four times as many an ingest of new keys was no faster.
            Execute(connection, $"PRAGMA page_size = {file.PageBytes}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = {file.CheckpointPages};");
            Migrate(connection, file, onStep ?? (_ => { }));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(string folder, DatabaseFile file)
    {
        var connection = OpenFile(Path.Combine(folder, file.Name), SqliteOpenMode.ReadOnly);
        Execute(connection, "PRAGMA query_only = 1; PRAGMA mmap_size = 268435456;");
        return connection;
    }

    /// <summary>Runs statements, up to the first that fails. A command of several would pass over failures behind a PRAGMA: a COMMIT without room, too.</summary>
    public static void Execute(SqliteConnection connection, string sql) =>
        SqliteException.ThrowExceptionForRC(sqlite3_exec(connection.Handle, sql), connection.Handle);

    /// <summary>Opens any database file, such as a copy.</summary>
    public static SqliteConnection OpenFile(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = (int)BusyTimeout.TotalSeconds,
        }.ToString());
        connection.Open();
        sqlite3_busy_timeout(connection.Handle, (int)BusyTimeout.TotalMilliseconds);
        return connection;
    }

    /// <summary>What is thrown when a database has a version that is not known.</summary>
    public static NewerDatabaseException IsNewer(int version, DatabaseFile file) => new(
        $"{file.Name} has schema version {version}, this StatHub knows versions up to {file.Versions.Count}. Use the newer StatHub that wrote it.");

    private static void Migrate(SqliteConnection connection, DatabaseFile file, Action<MigrationStep> onStep)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > file.Versions.Count)
            throw IsNewer(version, file);
        for (; version < file.Versions.Count; version++)
        {
            Execute(connection, "BEGIN IMMEDIATE");
            onStep(MigrationStep.Begun);
            Execute(connection, file.Versions[version]);
            onStep(MigrationStep.TablesChanged);
            Execute(connection, $"PRAGMA user_version = {version + 1}");
            onStep(MigrationStep.VersionSet);
            Execute(connection, "COMMIT");
            onStep(MigrationStep.Committed);
        }
    }
}

/// <summary>A database of the data folder.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Versions">Scripts that lead from version i to version i + 1.</param>
/// <param name="CheckpointPages">When the write-ahead log has so many pages they are brought into the file.</param>
/// <param name="PageBytes">The size of a page of a new file; one that is there keeps its own.</param>
internal sealed record DatabaseFile(string Name, IReadOnlyList<string> Versions, int CheckpointPages = 1000, int PageBytes = 4096)
{
    /// <summary>That of hits. With many keys a commit changes thousands of pages, many of which the next one changes again, and each of them takes calls of the system.</summary>
    public static readonly DatabaseFile Hits = new("stathub.db", Schema.Versions, CheckpointPages: 4096, PageBytes: 8192);

    /// <summary>The file that is there while it is not known to be whole.</summary>
    public string SuspicionName => SuspicionOf(Name);

    /// <summary>That file, of a database at a path.</summary>
    public static string SuspicionOf(string path) => path + ".suspect";
}

/// <summary>A database is of a newer version: it is not damaged, and only a newer StatHub can tell what is in it.</summary>
internal sealed class NewerDatabaseException(string message) : StoreException(message);
