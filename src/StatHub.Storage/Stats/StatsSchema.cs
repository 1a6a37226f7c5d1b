using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>The database of stats. See docs/formats/stats.md.</summary>
internal static class StatsSchema
{
    /// <summary>
    /// Its file. Every update is a commit of its own when nobody else reports: the same pages are written again and again, and brought into the file together.
    /// </summary>
    public static readonly DatabaseFile File = new("stats.db",
    [
        """
        -- A stat of an id (dim is empty, owner is the id) or of a value of a dim (owner is the value). kind is 1 for a counter, 2 for a gauge, 3 for a set.
        -- A gauge has its two latest buckets, by the Unix second that they begin with; a set has the number of its list of members.
        CREATE TABLE stat (
            tenant TEXT NOT NULL, dim TEXT NOT NULL, owner TEXT NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, amount INTEGER NOT NULL,
            bucket INTEGER NOT NULL, before INTEGER, before_bucket INTEGER NOT NULL, list INTEGER NOT NULL,
            PRIMARY KEY (tenant, dim, owner, kind, name)) STRICT, WITHOUT ROWID;
        -- The first 16 bytes of the SHA-256 of a member.
        CREATE TABLE member (list INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (list, hash)) STRICT, WITHOUT ROWID;
        -- The latest erase of a tenant that was done here.
        CREATE TABLE erased (tenant TEXT PRIMARY KEY, erased_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """,
        """
        -- What rows of stat are now that were not written there yet, packed, a row for each commit; of one that is there twice the later counts.
        CREATE TABLE recent (number INTEGER PRIMARY KEY, cells BLOB NOT NULL) STRICT;
        -- How often recent was written to stat.
        CREATE TABLE written (times INTEGER NOT NULL) STRICT;
        INSERT INTO written (times) VALUES (0);
        """,
    ],
        CheckpointPages: 8192);

    /// <summary>All databases that stats are in.</summary>
    public static IReadOnlyList<DatabaseFile> Files { get; } = [File, ArchiveSchema.File];
}
