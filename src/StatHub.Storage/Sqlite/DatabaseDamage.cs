using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace StatHub.Storage.Sqlite;

/// <summary>What was found damaged in the database while it was used. The next start reads all of it then, however large it is, and makes it again.</summary>
public sealed class DatabaseDamage
{
    private readonly string _suspicion;
    private volatile string? _found;

    internal DatabaseDamage(string folder, DatabaseFile file) => _suspicion = Path.Combine(folder, file.SuspicionName);

    /// <summary>What SQLite said first; null when nothing was found.</summary>
    public string? Found => _found;

    /// <summary>Looks whether it is damage that something failed of.</summary>
    internal void Note(Exception exception)
    {
        if (_found is not null || exception is not SqliteException { SqliteErrorCode: SQLITE_CORRUPT or SQLITE_NOTADB })
            return;
        _found = exception.Message;
        try
        {
            File.WriteAllBytes(_suspicion, []);
        }
        catch (Exception also) when (also is IOException or UnauthorizedAccessException)
        {
            // Who reads what was found starts it anew; a small database is read through in any case.
        }
    }
}
