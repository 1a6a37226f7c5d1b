using StatHub.Core.Journal;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Journal;

/// <summary>Removes journal files that nobody writes to and that are committed to their last byte.</summary>
internal sealed class FinishedFiles(TimeProvider time)
{
    // A worker of nginx that was busy may still write to a minute's file after the minute.
    private static readonly TimeSpan PerKeyFileGrace = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan KeepWithoutLease = TimeSpan.FromHours(24);

    private readonly Dictionary<long, long> _closed = [];

    /// <summary>Nobody writes to a file of this length any more: its last line is whole, newline or not.</summary>
    public bool IsClosed(JournalFile file) => _closed.TryGetValue(file.Inode, out var length) && length == file.Length;

    /// <summary>Removes those of some files that are done.</summary>
    /// <returns>The files that were removed.</returns>
    public List<JournalFile> Remove(IEnumerable<JournalFile> files, JournalPositions positions) =>
        [.. files.Where(file => file.Parsed.Kind != JournalFileKind.Live && IsOldEnough(file) && HasNoWriter(file) && TryRemove(file, positions))];

    private bool TryRemove(JournalFile file, JournalPositions positions)
    {
        // The length is asked after the lease: what a writer wrote before it closed the file is in it.
        var length = new FileInfo(file.Path).Length;
        if (length != positions.Committed(file))
        {
            _closed[file.Inode] = length;
            return false;
        }
        if (Libc.Inode(file.Path) != file.Inode)
            return false;
        File.Delete(file.Path);
        _closed.Remove(file.Inode);
        return true;
    }

    private bool HasNoWriter(JournalFile file)
    {
        try
        {
            using var handle = file.Open();
            return Libc.HasWriters(handle) switch
            {
                true => false,
                false => true,
                null => time.GetUtcNow() - file.GrewAt > KeepWithoutLease,
            };
        }
        catch (Exception exception) when (exception is FileNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsOldEnough(JournalFile file) =>
        file.Parsed.Kind == JournalFileKind.Cut
        || time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((file.Parsed.Minute + 1) * 60) > PerKeyFileGrace;
}
