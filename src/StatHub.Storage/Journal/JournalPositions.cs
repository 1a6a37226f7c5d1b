using Microsoft.Win32.SafeHandles;

namespace StatHub.Storage.Journal;

/// <summary>The committed positions, as the last transaction left them. Belongs to the ingest.</summary>
internal sealed class JournalPositions
{
    private readonly Dictionary<long, JournalPosition> _byInode = [];
    private readonly Dictionary<string, JournalPosition> _byHead = [];

    public JournalPositions(IEnumerable<JournalPosition> present, IEnumerable<JournalPosition> gone)
    {
        foreach (var position in gone)
            _byHead[position.Head.Hash] = position;
        foreach (var position in present)
            Set(position);
    }

    /// <summary>How much of a file is committed, by its inode alone; good enough for sums that are shown.</summary>
    public long Committed(JournalFile file) => _byInode.TryGetValue(file.Inode, out var position) ? position.Offset : 0;

    public JournalPosition? ByInode(long inode) => _byInode.GetValueOrDefault(inode);

    /// <summary>
    /// Where to go on in an open file: where it was left; where it was left before it was moved to another disk; else at
    /// its beginning. Lines that a copy of a known file repeats are marked as duplicates.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="handle">The same, open.</param>
    /// <param name="length">Its length now.</param>
    /// <param name="inFolder">Whether a file with this inode is in the folder.</param>
    public JournalPosition Find(JournalFile file, SafeFileHandle handle, long length, Func<long, bool> inFolder)
    {
        if (_byInode.TryGetValue(file.Inode, out var known) && known.Matches(handle, length))
            return known;
        if (length < Fingerprint.MostBytes
            || !_byHead.TryGetValue(Fingerprint.Of(handle, 0, Fingerprint.MostBytes).Hash, out var twin)
            || !twin.Matches(handle, length))
            return JournalPosition.Beginning(file);
        var moved = twin.Id != 0 && !inFolder(twin.Inode) && _byInode.ContainsKey(twin.Inode);
        return moved ? twin with { Inode = file.Inode } : JournalPosition.Beginning(file, twin.Offset);
    }

    public void Set(JournalPosition position)
    {
        if (_byHead.TryGetValue(position.Head.Hash, out var before) && before.Id == position.Id)
            _byInode.Remove(before.Inode);
        _byInode[position.Inode] = position;
        if (position.Head.Length == Fingerprint.MostBytes)
            _byHead[position.Head.Hash] = position;
    }

    /// <summary>Forgets the inode of a file that was removed; its content is still known.</summary>
    public void Remove(JournalPosition position) => _byInode.Remove(position.Inode);
}
