using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using StatHub.Core.Tenants;
using StatHub.Storage.Hits;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Segments;

/// <summary>Where segments are.</summary>
internal sealed class SegmentFolder
{
    public const string Extension = ".jsonl.gz";
    public const string Temporary = ".tmp";

    public SegmentFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
    }

    public string Path { get; }

    /// <summary>How much more its disk takes.</summary>
    public long FreeBytes => new DriveInfo(Path).AvailableFreeSpace;

    public string PathOf(long segment) => System.IO.Path.Combine(Path, NameOf(segment));

    /// <summary>Where it is kept what removed young segments told of their batches. No tenant is called so.</summary>
    public string KeptPath => System.IO.Path.Combine(Path, "removed-segments");

    public string KeptPathOf(long segment) => System.IO.Path.Combine(KeptPath, NameOf(segment));

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public string PathOf(CompactedFile file) => System.IO.Path.Combine(Path, file.Name);

    public SafeFileHandle OpenToRead(long segment) => OpenToRead(PathOf(segment));

    public SafeFileHandle OpenToRead(MemberRow member) =>
        OpenToRead(member.Compacted is { } name ? System.IO.Path.Combine(Path, name) : PathOf(member.Segment));

    public static SafeFileHandle OpenToRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);

    /// <summary>
    /// Cuts off what a crash left behind the catalogue, and removes a segment that it does not know. That is never more
    /// than one batch: where there is more, the database is older than its segments, and nothing is touched.
    /// </summary>
    /// <param name="lengths">The committed length of each segment.</param>
    /// <param name="lastBatch">The number of the last batch that is committed.</param>
    /// <exception cref="StoreException">
    /// A segment is shorter than its committed length or gone, or holds batches that the database does not know.
    /// </exception>
    public void Recover(IReadOnlyDictionary<long, long> lengths, long lastBatch)
    {
        // Listed first: a folder that may not be entered is said to be that, not to have lost its files.
        var present = Directory.GetFiles(Path, "*" + Extension);
        foreach (var file in present)
        {
            // The next batch may be what a crash interrupted.
            RefuseUnknownBatches(file, NumberOf(file) is { } known ? lengths.GetValueOrDefault(known) : 0, lastBatch + 1, lastBatch);
        }
        foreach (var (segment, length) in lengths)
        {
            var file = new FileInfo(PathOf(segment));
            if (!file.Exists || file.Length < length)
            {
                throw new StoreException(
                    $"Segment {file.Name} has {(file.Exists ? file.Length : 0)} bytes, the catalogue says {length}: raw hits are missing. Restore it from a backup.");
            }
            if (file.Length > length)
            {
                using var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                RandomAccess.SetLength(handle, length);
            }
        }
        foreach (var file in present)
        {
            if (NumberOf(file) is { } segment && !lengths.ContainsKey(segment))
                File.Delete(file);
        }
    }

    /// <summary>Refuses compacted files that the database does not fit to. Nothing is touched.</summary>
    /// <param name="lengths">The name and length of each compacted file.</param>
    /// <param name="lastBatch">The number of the last batch that is committed.</param>
    /// <exception cref="StoreException">A file has another length or is gone, or holds batches that the database does not know.</exception>
    public void CheckCompacted(IReadOnlyDictionary<string, long> lengths, long lastBatch)
    {
        foreach (var (name, path) in InnerFiles())
        {
            // Whatever somebody else put there is none of ours.
            if (!lengths.ContainsKey(name) && (CompactedFile.IsName(name) || System.IO.Path.GetDirectoryName(path) == KeptPath))
                RefuseUnknownBatches(path, 0, lastBatch, lastBatch);
        }
        foreach (var (name, length) in lengths)
        {
            var file = new FileInfo(PathOf(name));
            if (!file.Exists || file.Length != length)
            {
                throw new StoreException(
                    $"Segment {name} has {(file.Exists ? file.Length : 0)} bytes, the catalogue says {length}: raw hits are missing. Restore it from a backup.");
            }
        }
    }

    /// <summary>Removes what a crash left of compactions: files that the catalogue does not know, and those that it has not forgotten the segment of.</summary>
    public void RecoverCompacted(IReadOnlyDictionary<string, long> lengths)
    {
        TenantFolders.RemoveErased(Path);
        foreach (var (name, path) in InnerFiles())
        {
            if (CompactedFile.IsName(name) ? !lengths.ContainsKey(name) : name.EndsWith(Temporary, StringComparison.Ordinal) || IsStale(path))
                File.Delete(path);
        }
    }

    /// <summary>What is kept of a segment is of a crash while the segment is there.</summary>
    private bool IsStale(string path) => System.IO.Path.GetDirectoryName(path) == KeptPath && File.Exists(PathOf(System.IO.Path.GetFileName(path)));

    /// <summary>Removes the compacted files of an erased tenant. Who writes there can make no further file.</summary>
    public void RemoveTenant(TenantId tenant) => TenantFolders.Remove(Path, tenant);

    /// <summary>Removes a file if it is there: an erase may have taken its folder.</summary>
    public static void Remove(string path)
    {
        if (File.Exists(path))
            File.Delete(path);
    }

    private IEnumerable<(string Name, string Path)> InnerFiles() =>
        from folder in Directory.GetDirectories(Path)
        from file in Directory.GetFiles(folder)
        select (System.IO.Path.GetRelativePath(Path, file), file);

    private static string NameOf(long segment) => segment.ToString("0000000000", CultureInfo.InvariantCulture) + Extension;

    /// <summary>The number of a young segment by its path; null for another file.</summary>
    public static long? NumberOf(string file) => long.TryParse(
        System.IO.Path.GetFileName(file)[..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var segment) ? segment : null;

    /// <summary>Looks for batches behind one in the headers of a file. The mark cannot stand in a line: there quotes are escaped.</summary>
    private static void RefuseUnknownBatches(string path, long from, long newest, long lastBatch)
    {
        // Enough for the mark and the number behind it.
        const int overlap = 32;
        var mark = "\"batch\":"u8;
        var buffer = new byte[64 * 1024];
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var kept = 0;
        for (int read; (read = RandomAccess.Read(file, buffer.AsSpan(kept), from)) > 0; from += read)
        {
            var bytes = buffer.AsSpan(0, kept + read);
            for (var rest = bytes; rest.IndexOf(mark) is >= 0 and var at;)
            {
                rest = rest[(at + mark.Length)..];
                if (Utf8Parser.TryParse(rest, out long batch, out _) && batch > newest)
                    throw UnknownBatches(path, lastBatch);
            }
            kept = Math.Min(overlap, bytes.Length);
            bytes[^kept..].CopyTo(buffer);
        }
    }

    private static StoreException UnknownBatches(string path, long lastBatch) => new(
        $"{System.IO.Path.GetFileName(path)} holds batches after number {lastBatch}, the last that {DatabaseFile.Hits.Name} knows: the database is missing or older than its segments. "
        + "Put back the database that belongs to them, or move the segments away to begin anew.");
}
