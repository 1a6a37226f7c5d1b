using Microsoft.Win32.SafeHandles;
using StatHub.Storage.Journal;

namespace StatHub.Storage.Logs.Following;

/// <summary>How far a file of a followed log is in the journal, and how it is known again.</summary>
/// <param name="File">Its number; 0 while nothing of it is in the journal.</param>
/// <param name="Inode">Its inode.</param>
/// <param name="Offset">Bytes that are in the journal.</param>
/// <param name="Length">Its length when that was noted.</param>
/// <param name="Head">A hash of its first bytes, of those before the offset.</param>
/// <param name="Tail">A hash of the bytes before the offset.</param>
/// <param name="IsWithin">Whether the offset is within a line that is too long, whose rest is passed over.</param>
/// <param name="IsDone">Whether nothing more is read of it.</param>
/// <param name="Grew">When it was last written to, in ticks.</param>
internal sealed record FollowedFile(long File, long Inode, long Offset, long Length, Fingerprint Head, Fingerprint Tail, bool IsWithin, bool IsDone, long Grew)
{
    /// <summary>A file that nothing was read of.</summary>
    /// <param name="inode">Its inode.</param>
    /// <param name="grew">When it was last written to, in ticks.</param>
    public static FollowedFile Beginning(long inode, long grew) => new(0, inode, 0, 0, Fingerprint.Empty, Fingerprint.Empty, false, false, grew);

    /// <summary>Whether an open file begins with the bytes that are in the journal.</summary>
    public bool Matches(SafeFileHandle file, long length) =>
        length >= Offset && Tail == Fingerprint.Of(file, Offset - Tail.Length, Tail.Length) && Head == Fingerprint.Of(file, 0, Head.Length);

    /// <summary>The same after more of it is in the journal.</summary>
    public FollowedFile AdvancedTo(SafeFileHandle file, long offset, long length, bool isWithin)
    {
        var hashed = (int)Math.Min(offset, Fingerprint.MostBytes);
        return this with { Offset = offset, Length = length, IsWithin = isWithin, Head = Fingerprint.Of(file, 0, hashed), Tail = Fingerprint.Of(file, offset - hashed, hashed) };
    }
}
