using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace StatHub.Storage.Journal;

/// <summary>How far a journal file is committed, and how it is known again after a rename or a restart.</summary>
/// <param name="Id">Its number in the store; 0 before the first commit.</param>
/// <param name="Inode">Its inode.</param>
/// <param name="Name">Its name when it was last committed.</param>
/// <param name="Offset">Bytes that are committed.</param>
/// <param name="Head">A hash of its first bytes.</param>
/// <param name="Tail">A hash of the bytes before the offset.</param>
/// <param name="DuplicateUntil">Lines before this offset were counted from another copy of the file.</param>
internal sealed record JournalPosition(
    long Id, long Inode, string Name, long Offset, Fingerprint Head, Fingerprint Tail, long DuplicateUntil)
{
    /// <summary>A file that nothing is known of yet.</summary>
    public static JournalPosition Beginning(JournalFile file, long duplicateUntil = 0) =>
        new(0, file.Inode, file.Name, 0, Fingerprint.Empty, Fingerprint.Empty, duplicateUntil);

    /// <summary>Whether the open file has the bytes that were committed.</summary>
    public bool Matches(SafeFileHandle file, long length) =>
        length >= Offset
        && Head == Fingerprint.Of(file, 0, Head.Length)
        && Tail == Fingerprint.Of(file, Offset - Tail.Length, Tail.Length);

    /// <summary>The position after more of the file was read.</summary>
    public JournalPosition AdvancedTo(SafeFileHandle file, long offset) => this with
    {
        Offset = offset,
        Head = Fingerprint.Of(file, 0, (int)Math.Min(offset, Fingerprint.MostBytes)),
        Tail = Fingerprint.Of(file, Math.Max(0, offset - Fingerprint.MostBytes), (int)Math.Min(offset, Fingerprint.MostBytes)),
    };
}

/// <summary>A hash of some bytes, with their number.</summary>
/// <param name="Length">How many bytes, 0 to 1024.</param>
/// <param name="Hash">The first half of their SHA-256, in hexadecimal.</param>
internal readonly record struct Fingerprint(int Length, string Hash)
{
    public const int MostBytes = 1024;

    public static readonly Fingerprint Empty = Of([]);

    public static Fingerprint Of(ReadOnlySpan<byte> bytes) => new(bytes.Length, Hex(bytes));

    public static Fingerprint Of(SafeFileHandle file, long offset, int length)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        var read = 0;
        while (read < length)
        {
            var more = RandomAccess.Read(file, bytes[read..length], offset + read);
            if (more == 0)
                break;
            read += more;
        }
        return new Fingerprint(length, Hex(bytes[..read]));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 16));
}
