using System.Globalization;
using Microsoft.Data.Sqlite;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Backups;

/// <summary>Reads all of a database that nobody writes to, and says whether it is whole.</summary>
internal static class DatabaseCheck
{
    // A database of an earlier version has the first ones only.
    private static readonly string[] Counters = ["batch", "dimensions", "series", "compaction", "segment"];

    /// <summary>Checks a database file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="file">Which database it is.</param>
    /// <exception cref="StoreException">It is damaged, no database of StatHub, or of a newer version; the message says what was found.</exception>
    public static void Run(string path, DatabaseFile file)
    {
        try
        {
            using var database = Database.OpenFile(path, SqliteOpenMode.ReadOnly);
            Find(database, path, file);
        }
        catch (SqliteException exception)
        {
            throw Damaged(path, exception.Message);
        }
    }

    private static void Find(SqliteConnection database, string path, DatabaseFile file)
    {
        if (Text(database, "PRAGMA integrity_check(1)") is var integrity and not "ok")
            throw Damaged(path, integrity);
        if (Text(database, "PRAGMA foreign_key_check") is { Length: > 0 } table)
            throw Damaged(path, $"rows of the table {table} refer to nothing");
        var version = int.Parse(Text(database, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version > file.Versions.Count)
            throw Database.IsNewer(version, file);
        if (version == 0)
            throw Damaged(path, "it has no tables of StatHub");
        if (file == DatabaseFile.Hits)
            FindCounters(database, path, version);
    }

    private static void FindCounters(SqliteConnection database, string path, int version)
    {
        foreach (var counter in version == Schema.Versions.Count ? Counters : Counters[..1])
        {
            if (Text(database, $"SELECT value FROM counter WHERE name = '{counter}'").Length == 0)
                throw Damaged(path, $"it has no counter '{counter}'");
        }
    }

    /// <summary>The first column of the first row; empty when there is none.</summary>
    private static string Text(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "";
    }

    private static StoreException Damaged(string path, string how) => new($"The database {path} is damaged: {how}.");
}
