using Microsoft.Data.Sqlite;
using StatHub.Storage.Sqlite;
using static SQLitePCL.raw;

namespace StatHub.Storage.Recovery;

/// <summary>Whether a database can be used, as a start finds it out.</summary>
internal static class QuickCheck
{
    // A larger one takes longer than a start should: the copy that is made of it every hour is checked as a whole, and when that fails the next start does it.
    private const long MostBytes = 512 * 1024 * 1024;

    /// <summary>What is wrong with a database file; null when nothing is. A newer version is not wrong, and refused elsewhere.</summary>
    public static string? Damage(string path)
    {
        try
        {
            using var database = Database.OpenFile(path, SqliteOpenMode.ReadWrite);
            using var command = database.CreateCommand();
            command.CommandText = new FileInfo(path).Length <= MostBytes || File.Exists(DatabaseFile.SuspicionOf(path)) ? "PRAGMA quick_check(1)" : "SELECT count(*) FROM sqlite_schema";
            var answer = Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture)!;
            return answer == "ok" || long.TryParse(answer, out _) ? null : $"The database is damaged: {answer.ReplaceLineEndings(" ")}.";
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is SQLITE_CORRUPT or SQLITE_NOTADB)
        {
            return $"The database is damaged: {exception.Message}";
        }
    }
}
