using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace StatHub.Storage.Posix;

/// <summary>What a full disk looks like from here.</summary>
public static class DiskFull
{
    // ENOSPC, which .NET hands on as it is.
    private const int NoSpace = 28;

    /// <summary>Whether something failed because a disk is full: it may do better later, and nothing is damaged.</summary>
    public static bool Is(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: SQLITE_FULL } or IOException { HResult: NoSpace } => true,
        { InnerException: { } inner } => Is(inner),
        _ => false,
    };

    /// <summary>What is thrown before a disk is filled.</summary>
    internal static IOException Ahead(string message) => new(message, NoSpace);
}
