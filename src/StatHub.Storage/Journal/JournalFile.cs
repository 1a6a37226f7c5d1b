using Microsoft.Win32.SafeHandles;
using StatHub.Core.Journal;

namespace StatHub.Storage.Journal;

/// <summary>A file of the journal as one look into its folder found it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Parsed">What its name says.</param>
/// <param name="Inode">Its inode.</param>
/// <param name="Length">Its length, in bytes.</param>
/// <param name="GrewAt">When it was last written to.</param>
internal sealed record JournalFile(string Name, string Path, JournalFileName Parsed, long Inode, long Length, DateTimeOffset GrewAt)
{
    /// <summary>Opens what has its name now, which may be another file.</summary>
    public SafeFileHandle Open() => File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
