using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Logs.Following;

/// <summary>A file that is called as a followed log, or as one that was rotated.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Inode">Its inode.</param>
/// <param name="Length">Its length.</param>
/// <param name="Grew">When it was last written to, in ticks.</param>
internal sealed record FoundLog(string Path, long Inode, long Length, long Grew)
{
    public bool IsPacked => Path.EndsWith(".gz", StringComparison.Ordinal);
}

/// <summary>The folder of a followed log, which has its rotated files, too.</summary>
/// <param name="path">The log.</param>
/// <param name="others">Other logs that are followed.</param>
/// <param name="spool">Where packed files are unpacked.</param>
internal sealed class LogFolder(string path, IReadOnlyCollection<string> others, string spool)
{
    private const long LeastFreeBytes = 256 * 1024 * 1024;

    private readonly string _folder = Path.GetDirectoryName(path)!;
    private readonly LogNames _names = new(path, others);

    /// <summary>Files of a log that was rotated. A packed one counts only when what it was made of is gone: it is whole then.</summary>
    /// <param name="known">Inodes of files that are the log's whatever they are called.</param>
    public List<FoundLog> Rotated(IReadOnlyCollection<long> known)
    {
        // A listing that a rename overtakes may show a file under neither of its names.
        var found = List(known).Concat(List(known)).DistinctBy(file => file.Inode).ToList();
        var names = found.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return [.. found.Where(file => !file.IsPacked || !names.Contains(file.Path[..^3]) && !File.Exists(file.Path[..^3]))];
    }

    /// <summary>Opens what has the log's own name now; null where there is none.</summary>
    public SafeFileHandle? OpenCurrent() => TryOpen(path);

    /// <summary>The inode of what has the log's own name now; -1 where there is none.</summary>
    public long CurrentInode() => Libc.Inode(path);

    /// <summary>Opens a file, unpacked; null where it cannot be.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isGone">It is not there any more, or has another name; else it could not be unpacked.</param>
    public SafeFileHandle? Open(FoundLog file, out bool isGone)
    {
        var handle = TryOpen(file.Path);
        isGone = handle is null || Libc.Inode(handle) != file.Inode;
        if (handle is null || !isGone && !file.IsPacked)
            return handle;
        using (handle)
            return isGone ? null : Unpacked(handle);
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private SafeFileHandle? Unpacked(SafeFileHandle packed)
    {
        const FileShare all = FileShare.ReadWrite | FileShare.Delete;
        var path = Path.Combine(spool, Path.GetRandomFileName());
        using var target = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, all, FileOptions.DeleteOnClose);
        try
        {
            using var gzip = new GZipStream(new FileStream(new SafeFileHandle(packed.DangerousGetHandle(), ownsHandle: false), FileAccess.Read), CompressionMode.Decompress);
            var block = new byte[1024 * 1024];
            for (var at = 0L; gzip.Read(block) is > 0 and var read; at += read)
            {
                if (new DriveInfo(spool).AvailableFreeSpace < LeastFreeBytes)
                    throw DiskFull.Ahead("The disk of the data folder is nearly full.");
                RandomAccess.Write(target, block.AsSpan(0, read), at);
            }
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, all);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private List<FoundLog> List(IReadOnlyCollection<long> known)
    {
        var folder = new DirectoryInfo(_folder);
        var found = new List<FoundLog>();
        if (!folder.Exists)
            return found;
        foreach (var file in folder.EnumerateFiles())
        {
            var isRotated = _names.IsRotated(file.Name);
            if ((isRotated || known.Count > 0) && Libc.Inode(file.FullName) is >= 0 and var inode && (isRotated || known.Contains(inode)) && file.Exists)
                found.Add(new FoundLog(file.FullName, inode, file.Length, file.LastWriteTimeUtc.Ticks));
        }
        return found;
    }
}
