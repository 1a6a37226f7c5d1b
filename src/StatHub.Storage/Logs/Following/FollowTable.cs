using StatHub.Core.Tenants;
using StatHub.Storage.Journal;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Logs.Following;

/// <summary>
/// How far followed logs are in the journal. A row is a state of a file: the latest one counts, and the one before stays until the file of the spool that belongs to it is in the journal.
/// See docs/formats/data-folder.md.
/// </summary>
internal sealed class FollowTable(Writer writer)
{
    public const string Schema =
        """
        CREATE TABLE followed (
            id INTEGER PRIMARY KEY, path TEXT NOT NULL, tenant TEXT NOT NULL, file INTEGER NOT NULL, inode INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
            head_length INTEGER NOT NULL, head TEXT NOT NULL, tail_length INTEGER NOT NULL, tail TEXT NOT NULL, within INTEGER NOT NULL, done INTEGER NOT NULL, grew INTEGER NOT NULL,
            format TEXT NOT NULL, lines INTEGER NOT NULL, truncations INTEGER NOT NULL, truncated_bytes INTEGER NOT NULL, at_ms INTEGER NOT NULL, part TEXT) STRICT;
        CREATE INDEX followed_by_path ON followed (path, tenant);
        CREATE INDEX followed_by_part ON followed (part) WHERE part IS NOT NULL;
        """;

    // Files that are done are told from new ones by these; a log has fewer that were rotated and are kept.
    private const int MostDone = 400;

    /// <summary>What is noted of a source: its files, its format and its sums.</summary>
    public (List<FollowedFile> Files, string? Format, FollowedTotals Totals) Load(LogSource source) => writer.Alone(() =>
    {
        var files = new List<FollowedFile>();
        var (format, totals) = ((string?)null, new FollowedTotals(0, 0, 0));
        using var rows = writer.Sql(
            """
            SELECT file, inode, offset, length, head_length, head, tail_length, tail, within, done, grew, format, lines, truncations, truncated_bytes FROM followed
            WHERE id IN (SELECT max(id) FROM followed WHERE path = ?1 AND tenant = ?2 GROUP BY file) ORDER BY id
            """).Rows(source.Path, source.Tenant.ToString());
        while (rows.Read())
        {
            files.Add(new FollowedFile(
                rows.Long(0), rows.Long(1), rows.Long(2), rows.Long(3), new Fingerprint(rows.Int(4), rows.Text(5)), new Fingerprint(rows.Int(6), rows.Text(7)), rows.Int(8) != 0, rows.Int(9) != 0, rows.Long(10)));
            (format, totals) = (rows.Text(11), new FollowedTotals(rows.Long(12), rows.Long(13), rows.Long(14)));
        }
        return (files, format, totals);
    });

    /// <summary>Notes a state of a file whose journal lines are on disk, in a file that is not yet in the journal; the same with its number.</summary>
    public FollowedFile Note(LogSource source, FollowedFile file, string format, FollowedTotals totals, DateTimeOffset at, string? part) => writer.Transaction(() =>
    {
        if (file.File == 0)
            file = file with { File = (writer.Sql("SELECT max(file) FROM followed").Number() ?? 0) + 1 };
        writer.Sql(
            """
            INSERT INTO followed (path, tenant, file, inode, offset, length, head_length, head, tail_length, tail, within, done, grew, format, lines, truncations, truncated_bytes, at_ms, part)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
            """).Run(
                source.Path, source.Tenant.ToString(), file.File, file.Inode, file.Offset, file.Length, file.Head.Length, file.Head.Hash, file.Tail.Length, file.Tail.Hash,
                file.IsWithin ? 1 : 0, file.IsDone ? 1 : 0, file.Grew, format, totals.Lines, totals.Truncations, totals.TruncatedBytes, at.ToUnixTimeMilliseconds(), part);
        if (part is null)
            Forget(file.File);
        return file;
    });

    /// <summary>Files that are to be in the journal; of one source, or of all.</summary>
    public List<string> Parts(LogSource? source = null) => writer.Alone(() =>
    {
        var parts = new List<string>();
        using var rows = source is null
            ? writer.Sql("SELECT part FROM followed WHERE part IS NOT NULL ORDER BY id").Rows()
            : writer.Sql("SELECT part FROM followed WHERE part IS NOT NULL AND path = ?1 AND tenant = ?2 ORDER BY id").Rows(source.Path, source.Tenant.ToString());
        while (rows.Read())
            parts.Add(rows.Text(0));
        return parts;
    });

    /// <summary>A file is in the journal: the state before is of no use any more.</summary>
    public void Moved(string part) => writer.Transaction(() =>
    {
        if (writer.Sql("SELECT file FROM followed WHERE part = ?1").Number(part) is { } file)
            Forget(file);
        writer.Sql("UPDATE followed SET part = NULL WHERE part = ?1").Run(part);
    });

    /// <summary>A file is nowhere: the state before counts.</summary>
    public void Lost(string part) => writer.Transaction(() => writer.Sql("DELETE FROM followed WHERE part = ?1").Run(part));

    /// <summary>Forgets what was followed for a tenant before it was erased.</summary>
    public void Erase(TenantId tenant, long erasedAt) => writer.Transaction(() =>
        writer.Sql("DELETE FROM followed WHERE tenant = ?1 AND at_ms <= ?2").Run(tenant.ToString(), erasedAt));

    /// <summary>Forgets earlier states of a file, and the oldest files that are done.</summary>
    private void Forget(long file)
    {
        writer.Sql("DELETE FROM followed WHERE file = ?1 AND id < (SELECT max(id) FROM followed WHERE file = ?1)").Run(file);
        writer.Sql(
            """
            DELETE FROM followed WHERE done = 1 AND part IS NULL AND id IN (
                SELECT id FROM followed WHERE done = 1 AND (path, tenant) = (SELECT path, tenant FROM followed WHERE file = ?1 LIMIT 1) ORDER BY id DESC LIMIT -1 OFFSET ?2)
            """).Run(file, MostDone);
    }
}
