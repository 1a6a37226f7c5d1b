using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StatHub.Storage.Posix;

/// <summary>The system calls that .NET does not offer.</summary>
internal static partial class Libc
{
    private const int AtFdcwd = -100;
    private const int AtEmptyPath = 0x1000;
    private const uint RenameNoReplace = 1;
    private const uint StatxIno = 0x100;
    private const int FSetSig = 10;
    private const int FSetLease = 1024;
    private const int FRdLck = 0;
    private const int FUnLck = 2;
    private const int SigUrg = 23;
    private const int MArenaMax = -8;
    private const int ORdOnly = 0;
    private const int ODirectory = 0x10000;

    internal const int EAgain = 11;
    internal const int EExist = 17;
    internal const int ENoEnt = 2;
    internal const int EInval = 22;
    internal const int ENoSys = 38;

    /// <summary>The inode behind an open file.</summary>
    internal static long Inode(SafeFileHandle file)
    {
        if (statx(file, "", AtEmptyPath, StatxIno, out var status) != 0)
            throw Error("statx", "an open file");
        return (long)status.Inode;
    }

    /// <summary>The inode of a path; -1 when there is no such file.</summary>
    internal static long Inode(string path)
    {
        if (statx(AtFdcwd, path, 0, StatxIno, out var status) == 0)
            return (long)status.Inode;
        return Marshal.GetLastPInvokeError() == ENoEnt ? -1 : throw Error("statx", path);
    }

    /// <summary>Renames without ever replacing a file; false when the target exists.</summary>
    internal static bool TryRename(string from, string to)
    {
        if (renameat2(AtFdcwd, from, AtFdcwd, to, RenameNoReplace) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        if (error == EExist)
            return false;
        if (error is not (EInval or ENoSys))
            throw Error("rename", from, error);
        // A file system without renameat2's flags: a second link never replaces a file either.
        if (link(from, to) != 0)
            return Marshal.GetLastPInvokeError() == EExist ? false : throw Error("link", from);
        File.Delete(from);
        return true;
    }

    /// <summary>Gives a file a second name; false where that cannot be: another disk, too many names, the name is there.</summary>
    internal static bool TryLink(string from, string to) => link(from, to) == 0;

    /// <summary>Makes the bytes of a file durable.</summary>
    internal static void SyncFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Makes a created, renamed or removed name durable.</summary>
    internal static void SyncFolder(string folder)
    {
        using var handle = open(folder, ORdOnly | ODirectory);
        if (handle.IsInvalid || fsync(handle) != 0)
            throw Error("fsync", folder);
    }

    /// <summary>
    /// Whether somebody has the file open for writing: the kernel refuses a read lease then. Null where a lease cannot be
    /// asked (another owner, or a file system without leases).
    /// </summary>
    internal static bool? HasWriters(SafeFileHandle file)
    {
        // Who breaks a lease sends its holder a signal, and the default one would end this process.
        if (fcntl(file, FSetSig, SigUrg) != 0)
            return null;
        if (fcntl(file, FSetLease, FRdLck) == 0)
        {
            _ = fcntl(file, FSetLease, FUnLck);
            return false;
        }
        return Marshal.GetLastPInvokeError() == EAgain ? true : null;
    }

    /// <summary>
    /// Native memory of all threads comes from so many heaps at most. glibc gives nearly each thread one, that keeps what SQLite and zlib once had of it. Another C library has no such
    /// setting and needs none.
    /// </summary>
    internal static void LimitHeaps(int most)
    {
        try
        {
            _ = mallopt(MArenaMax, most);
        }
        catch (EntryPointNotFoundException)
        {
        }
    }

    private static IOException Error(string call, string what, int? error = null)
    {
        var number = error ?? Marshal.GetLastPInvokeError();
        return new IOException($"{call} of {what}: {Marshal.GetPInvokeErrorMessage(number)}", number);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle folder, string path, int flags, uint mask, out Statx status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, out Statx status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, int argument);

    /// <summary>struct statx: 256 bytes on every Linux, the inode at byte 32.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(32)]
        public ulong Inode;
    }
}
