using Microsoft.Win32.SafeHandles;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Segments;

/// <summary>
/// Appends members to the young segment. What was appended counts only when <see cref="Committed"/> was called; until
/// then it is overwritten by the next try or cut off at the next start.
/// </summary>
internal sealed class SegmentWriter(SegmentFolder folder, long segment, long length) : IDisposable
{
    private const long FullBytes = 256 * 1024 * 1024;

    private SafeFileHandle? _file;
    private long _written = length;
    private long _day;

    /// <summary>The number of the young segment; 0 before the first.</summary>
    public long Segment { get; private set; } = segment;

    /// <summary>Its committed length.</summary>
    public long Length { get; private set; } = length;

    /// <summary>Appends members one after the other.</summary>
    /// <param name="day">The UTC day of the commit: each begins a segment, so that a segment can go when its days are compacted.</param>
    /// <param name="members">The members.</param>
    /// <returns>The offset of the first.</returns>
    public long Append(long day, IReadOnlyList<ReadOnlyMemory<byte>> members)
    {
        if (day != _day)
            End();
        _day = day;
        var file = Open();
        RandomAccess.Write(file, members, Length);
        _written = Length + members.Sum(member => (long)member.Length);
        return Length;
    }

    /// <summary>Makes what was appended durable.</summary>
    public void Sync() => RandomAccess.FlushToDisk(_file!);

    /// <summary>The catalogue knows what was appended.</summary>
    public long Committed() => Length = _written;

    /// <summary>The length that <see cref="Committed"/> is going to set.</summary>
    public long Written => _written;

    /// <summary>What comes next goes into another segment.</summary>
    public void End()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => _file?.Dispose();

    private SafeFileHandle Open()
    {
        if (_file is not null && Length < FullBytes)
            return _file;
        _file?.Dispose();
        _file = null;
        // A segment is never written to by two processes' lives: after a restart, and after a failed fsync, whose pages
        // may be lost without a further word, a new one begins.
        var next = Segment + 1;
        _file = File.OpenHandle(folder.PathOf(next), FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        Libc.SyncFolder(folder.Path);
        (Segment, Length, _written) = (next, 0, 0);
        return _file;
    }
}
