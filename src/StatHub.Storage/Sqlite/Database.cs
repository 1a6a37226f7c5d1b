using System.Globalization;
using Microsoft.Data.Sqlite;

namespace StatHub.Storage.Sqlite;

/// <summary>Opens connections to the one database file. SQLite's own locks stay out of the way: one connection writes.</summary>
internal static class Database
{
    public const string FileName = "stathub.db";

    /// <summary>The file that is there while the database is not known to be whole.</summary>
    public const string SuspicionName = FileName + ".suspect";

    /// <summary>The connection for all writes and checkpoints; brings the schema up to date.</summary>
    /// <exception cref="StoreException">The file is of a newer version, or no database.</exception>
    public static SqliteConnection OpenWriter(string folder)
    {
        var connection = OpenFile(Path.Combine(folder, FileName), SqliteOpenMode.ReadWriteCreate);
        try
        {
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;");
            Migrate(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(string folder)
    {
        var connection = OpenFile(Path.Combine(folder, FileName), SqliteOpenMode.ReadOnly);
        Execute(connection, "PRAGMA query_only = 1; PRAGMA mmap_size = 268435456;");
        return connection;
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Opens any database file, such as a copy.</summary>
    public static SqliteConnection OpenFile(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>What is thrown when a database has a version that is not known.</summary>
    public static NewerDatabaseException IsNewer(int version) => new(
        $"{FileName} has schema version {version}, this StatHub knows versions up to {Schema.Versions.Count}. Use the newer StatHub that wrote it.");

    private static void Migrate(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > Schema.Versions.Count)
            throw IsNewer(version);
        for (; version < Schema.Versions.Count; version++)
        {
            Execute(connection, $"BEGIN IMMEDIATE; {Schema.Versions[version]} PRAGMA user_version = {version + 1}; COMMIT;");
        }
    }
}

/// <summary>A database is of a newer version: it is not damaged, and only a newer StatHub can tell what is in it.</summary>
internal sealed class NewerDatabaseException(string message) : StoreException(message);
