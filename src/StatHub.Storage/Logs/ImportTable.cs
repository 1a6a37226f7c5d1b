using StatHub.Core.Tenants;
using StatHub.Storage.Logs.Following;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Logs;

/// <summary>What was imported of logs, by content: the length and SHA-256 of each beginning that is in the journal. See docs/formats/data-folder.md.</summary>
internal sealed class ImportTable(string folder) : IDisposable
{
    /// <summary>How many first bytes tell logs apart that have nothing in common.</summary>
    public const int HeadBytes = 1024;

    public static readonly DatabaseFile File = new("logs.db",
    [
        """
        -- A beginning of a log that is in the journal: its first `bytes` bytes, unpacked, have this hash. head is the hash of the first 1024 of them, or of all.
        -- part is the file that is to be moved into the journal; null when it was.
        CREATE TABLE import (
            id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, bytes INTEGER NOT NULL, head BLOB NOT NULL, hash BLOB NOT NULL, at_ms INTEGER NOT NULL, part TEXT) STRICT;
        CREATE INDEX import_by_head ON import (tenant, head);
        CREATE INDEX import_by_part ON import (part) WHERE part IS NOT NULL;
        """,
        FollowTable.Schema,
        ReportTable.Schema,
    ]);

    private readonly Writer _writer = new(folder, File);

    /// <summary>The database's writer, of which there is one.</summary>
    public Writer Writer => _writer;

    /// <summary>The beginnings of a tenant's logs that may be those of a log, the shortest first.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="heads">The hash of the first bytes of the log, for each length that a head may have.</param>
    public List<KnownLog> Find(TenantId tenant, Func<long, byte[]> heads) => _writer.Alone(() =>
    {
        var found = new List<KnownLog>();
        using (var rows = _writer.Sql("SELECT bytes, head, hash FROM import WHERE tenant = ?1 AND head = ?2").Rows(tenant.ToString(), heads(HeadBytes)))
        {
            while (rows.Read())
                found.Add(new KnownLog(rows.Long(0), rows.Blob(2).ToArray()));
        }
        // Shorter ones are few: a log grows.
        using (var rows = _writer.Sql("SELECT bytes, head, hash FROM import WHERE tenant = ?1 AND bytes < ?2").Rows(tenant.ToString(), HeadBytes))
        {
            while (rows.Read())
            {
                if (rows.Blob(1).SequenceEqual(heads(rows.Long(0))))
                    found.Add(new KnownLog(rows.Long(0), rows.Blob(2).ToArray()));
            }
        }
        return found.DistinctBy(known => (known.Bytes, Convert.ToHexString(known.Hash))).OrderBy(known => known.Bytes).ToList();
    });

    /// <summary>Notes a beginning whose journal lines are on disk, in a file that is not yet in the journal.</summary>
    public void Add(TenantId tenant, KnownLog log, byte[] head, DateTimeOffset at, string? part) => _writer.Transaction(() =>
        _writer.Sql("INSERT INTO import (tenant, bytes, head, hash, at_ms, part) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Run(tenant.ToString(), log.Bytes, head, log.Hash, at.ToUnixTimeMilliseconds(), part));

    /// <summary>Files that are to be in the journal.</summary>
    public IReadOnlyList<string> Parts() => _writer.Alone(() =>
    {
        var parts = new List<string>();
        using var rows = _writer.Sql("SELECT part FROM import WHERE part IS NOT NULL ORDER BY id").Rows();
        while (rows.Read())
            parts.Add(rows.Text(0));
        return parts;
    });

    /// <summary>A file is in the journal.</summary>
    public void Moved(string part) => _writer.Transaction(() => _writer.Sql("UPDATE import SET part = NULL WHERE part = ?1").Run(part));

    /// <summary>A file is nowhere.</summary>
    public void Forget(string part) => _writer.Transaction(() => _writer.Sql("DELETE FROM import WHERE part = ?1").Run(part));

    /// <summary>Forgets what was imported for a tenant before it was erased.</summary>
    public void Erase(TenantId tenant, long erasedAt) => _writer.Transaction(() =>
        _writer.Sql("DELETE FROM import WHERE tenant = ?1 AND at_ms <= ?2").Run(tenant.ToString(), erasedAt));

    public void Dispose() => _writer.Dispose();
}

/// <summary>A beginning of a log.</summary>
/// <param name="Bytes">How many bytes it has, unpacked.</param>
/// <param name="Hash">Their SHA-256.</param>
internal sealed record KnownLog(long Bytes, byte[] Hash);
