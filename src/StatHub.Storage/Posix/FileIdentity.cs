using Microsoft.Win32.SafeHandles;

namespace StatHub.Storage.Posix;

/// <summary>Which file it is, whatever its name: its inode.</summary>
public static class FileIdentity
{
    /// <summary>The identity of an open file.</summary>
    public static long Of(SafeFileHandle file) => Libc.Inode(file);

    /// <summary>The identity of the file that has a name now; null when none has it.</summary>
    /// <exception cref="IOException">Its folder cannot be looked into.</exception>
    public static long? At(string path) => Libc.Inode(path) is >= 0 and var inode ? inode : null;
}
