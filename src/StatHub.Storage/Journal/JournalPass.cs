namespace StatHub.Storage.Journal;

/// <summary>One pass over the journal: what was there when it began, and what has become of it.</summary>
internal sealed class JournalPass(DateTimeOffset beganAt, List<JournalFile> files)
{
    // Each is an entry in the batch's identity.
    public const int MostStretches = 1000;

    public DateTimeOffset BeganAt => beganAt;

    public List<JournalFile> Files => files;

    /// <summary>What was read and is not committed.</summary>
    public JournalBatch? Batch { get; set; }

    public long Lines { get; set; }

    /// <summary>
    /// A file was renamed after the look into the folder, or tenants changed while their lines were read: what was
    /// there when the pass began is not all committed.
    /// </summary>
    public bool Again { get; set; }

    public List<string> Unreadable { get; } = [];

    /// <summary>Takes the batch out, whatever is in it.</summary>
    public JournalBatch? Take()
    {
        var batch = Batch;
        Batch = null;
        return batch;
    }

    /// <summary>A file has got its number in the store while more of it was read.</summary>
    public void Rename(JournalPosition position)
    {
        if (Batch?.Stretches is [.., var last] && last.To.Inode == position.Inode)
            Batch.Stretches[^1] = (last.From with { Id = position.Id }, position);
    }
}
