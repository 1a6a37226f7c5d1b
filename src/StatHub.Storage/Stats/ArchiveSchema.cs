using System.Globalization;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>The database that stats are archived in. See docs/formats/stats.md.</summary>
internal static class ArchiveSchema
{
    /// <summary>Its file.</summary>
    public static readonly DatabaseFile File = new("stats-archive.db",
    [
        """
        -- What the columns of each dim's table are. kind is 1 for a counter, 2 for a gauge or the size of a set.
        CREATE TABLE _column (
            dim TEXT NOT NULL, kind INTEGER NOT NULL, stat TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (dim, kind, stat)) STRICT, WITHOUT ROWID;
        """,
        """
        -- The latest erase of a tenant that was done here.
        CREATE TABLE _erased (tenant TEXT PRIMARY KEY, erased_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """,
    ]);

    /// <summary>The table of a dim: its name, unless SQLite or the archive has that for itself.</summary>
    public static string TableOf(string dim) => dim.StartsWith('_') || dim.StartsWith("dim:", StringComparison.Ordinal) || dim.StartsWith("sqlite_", StringComparison.Ordinal) ? "dim:" + dim : dim;

    /// <summary>The dim of a table.</summary>
    public static string DimOf(string table) => table.StartsWith("dim:", StringComparison.Ordinal) ? table[4..] : table;

    /// <summary>A name as SQL has it.</summary>
    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    /// <summary>The column of a stat: its name, or that with a number where another has it. SQLite takes names that differ in case only for the same.</summary>
    /// <param name="stat">The stat.</param>
    /// <param name="taken">The names that there are, compared without case.</param>
    public static string ColumnOf(string stat, IReadOnlySet<string> taken)
    {
        var name = stat;
        for (var number = 2; taken.Contains(name); number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{stat} ({number})");
        return name;
    }
}
