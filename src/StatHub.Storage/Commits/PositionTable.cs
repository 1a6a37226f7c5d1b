using Microsoft.Data.Sqlite;
using StatHub.Storage.Journal;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Commits;

/// <summary>The table of journal offsets, within the commit's transaction.</summary>
internal sealed class PositionTable(Writer writer)
{
    // A copy of a removed file is recognised that long, and at most so many are.
    private static readonly TimeSpan RememberGone = TimeSpan.FromDays(8);
    private const int MostGone = 20_000;

    public JournalPositions Load()
    {
        var present = new List<JournalPosition>();
        var gone = new List<JournalPosition>();
        using var rows = writer.Sql(
            """
            SELECT id, inode, name, offset, head_length, head_hash, tail_length, tail_hash, duplicate_until, gone_ms
            FROM journal_file ORDER BY id
            """).Rows();
        while (rows.Read())
            (rows.IsNull(9) ? present : gone).Add(Read(rows));
        return new JournalPositions(present, gone.Select(position => position with { Id = 0 }));
    }

    /// <summary>Writes a position; the same with the number of its row.</summary>
    public JournalPosition Save(JournalPosition position)
    {
        if (position.Id != 0)
        {
            writer.Sql(
                """
                UPDATE journal_file SET inode = ?2, name = ?3, offset = ?4, head_length = ?5, head_hash = ?6, tail_length = ?7,
                    tail_hash = ?8, duplicate_until = ?9 WHERE id = ?1
                """).Run(
                position.Id, position.Inode, position.Name, position.Offset, position.Head.Length, position.Head.Hash,
                position.Tail.Length, position.Tail.Hash, position.DuplicateUntil);
            return position;
        }
        // The kernel gives an inode again when its file is gone.
        writer.Sql("DELETE FROM journal_file WHERE inode = ?1 AND gone_ms IS NULL").Run(position.Inode);
        var id = writer.Sql(
            """
            INSERT INTO journal_file (inode, name, offset, head_length, head_hash, tail_length, tail_hash, duplicate_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id
            """).Number(
            position.Inode, position.Name, position.Offset, position.Head.Length, position.Head.Hash, position.Tail.Length,
            position.Tail.Hash, position.DuplicateUntil);
        return position with { Id = id!.Value };
    }

    public void MarkGone(IReadOnlyList<JournalPosition> removed, DateTimeOffset now)
    {
        foreach (var position in removed)
            writer.Sql("UPDATE journal_file SET gone_ms = ?2 WHERE id = ?1").Run(position.Id, now.ToUnixTimeMilliseconds());
        writer.Sql("DELETE FROM journal_file WHERE gone_ms < ?1").Run((now - RememberGone).ToUnixTimeMilliseconds());
        writer.Sql(
            "DELETE FROM journal_file WHERE gone_ms IS NOT NULL AND id <= (SELECT max(id) FROM journal_file) - ?1").Run(MostGone);
    }

    private static JournalPosition Read(Statement.RowReader rows) => new(
        rows.Long(0),
        rows.Long(1),
        rows.Text(2),
        rows.Long(3),
        new Fingerprint(rows.Int(4), rows.Text(5)),
        new Fingerprint(rows.Int(6), rows.Text(7)),
        rows.Long(8));
}
