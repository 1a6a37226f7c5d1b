using StatHub.Storage.Commits;
using StatHub.Storage.Journal;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Recovery;

/// <summary>
/// How far journal files were read, from what batches tell. Of files that are there what cannot be told is read from themselves; of those that are gone it is
/// enough to recognise copies. Within a transaction.
/// </summary>
internal sealed class RecoveredPositions(Writer writer, JournalFolder journal, DateTimeOffset now)
{
    private readonly PositionTable _table = new(writer);

    // The latest file of each inode, and how it was begun: the kernel gives an inode again when its file is gone.
    private readonly Dictionary<long, (long From, JournalStretch Last)> _byInode = [];

    /// <summary>Writes what some batches tell, in their order.</summary>
    public void Write(IEnumerable<BatchNote> notes)
    {
        foreach (var stretch in notes.SelectMany(note => note.Files))
        {
            var before = _byInode.GetValueOrDefault(stretch.Inode);
            var goesOn = before.Last is not null && before.Last.To == stretch.From;
            if (before.Last is not null && !goesOn)
                SaveGone(before.Last);
            _byInode[stretch.Inode] = (goesOn ? before.From : stretch.From, stretch);
        }
        var present = Directory.Exists(journal.Path) ? journal.Scan().ToDictionary(file => file.Inode) : [];
        foreach (var (inode, (from, last)) in _byInode)
        {
            if (!present.TryGetValue(inode, out var file) || !TrySave(file, from, last))
                SaveGone(last);
        }
    }

    /// <summary>Of files that are not told of, as they were read before the copy was made, some went with the database.</summary>
    public void MarkMissingGone()
    {
        var present = Directory.Exists(journal.Path) ? journal.Scan().Select(file => file.Inode).ToHashSet() : [];
        var missing = new List<long>();
        using (var rows = writer.Sql("SELECT inode FROM journal_file WHERE gone_ms IS NULL").Rows())
        {
            while (rows.Read())
            {
                if (!present.Contains(rows.Long(0)))
                    missing.Add(rows.Long(0));
            }
        }
        foreach (var inode in missing)
            writer.Sql("UPDATE journal_file SET gone_ms = ?2 WHERE inode = ?1 AND gone_ms IS NULL").Run(inode, now.ToUnixTimeMilliseconds());
    }

    /// <summary>False when the file with the inode is another one by now.</summary>
    private bool TrySave(JournalFile file, long from, JournalStretch last)
    {
        using var handle = file.Open();
        if (file.Length < last.To || Fingerprint.Of(handle, 0, last.HeadLength).Hash != last.Head)
            return false;
        var position = JournalPosition.Beginning(file, DuplicateUntil(from, last)).AdvancedTo(handle, last.To);
        _table.Save(position);
        return true;
    }

    /// <summary>Until where a file repeats another: as the copy has it, or else by its head.</summary>
    private long DuplicateUntil(long from, JournalStretch last)
    {
        if (from > 0)
            return writer.Sql("SELECT duplicate_until FROM journal_file WHERE inode = ?1 AND gone_ms IS NULL").Number(last.Inode) ?? 0;
        return last.HeadLength < Fingerprint.MostBytes
            ? 0
            : writer.Sql("SELECT max(offset) FROM journal_file WHERE head_hash = ?1 AND inode <> ?2").Number(last.Head, last.Inode) ?? 0;
    }

    private void SaveGone(JournalStretch last)
    {
        var position = new JournalPosition(
            0, last.Inode, last.Name, last.To, new Fingerprint(last.HeadLength, last.Head), Fingerprint.Empty, 0);
        _table.MarkGone([_table.Save(position)], now);
    }
}
