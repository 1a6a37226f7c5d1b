using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Segments;

/// <summary>Where segments are.</summary>
internal sealed class SegmentFolder
{
    private const string Extension = ".jsonl.gz";

    public SegmentFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
    }

    public string Path { get; }

    public string PathOf(long segment) =>
        System.IO.Path.Combine(Path, segment.ToString("0000000000", CultureInfo.InvariantCulture) + Extension);

    public SafeFileHandle OpenToRead(long segment) =>
        File.OpenHandle(PathOf(segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);

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
            RefuseUnknownBatches(file, NumberOf(file) is { } known ? lengths.GetValueOrDefault(known) : 0, lastBatch);
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

    private static long? NumberOf(string file) => long.TryParse(
        System.IO.Path.GetFileName(file)[..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var segment) ? segment : null;

    /// <summary>Looks for the batch after the next: the next one may be what a crash interrupted.</summary>
    private static void RefuseUnknownBatches(string path, long from, long lastBatch)
    {
        var mark = Encoding.ASCII.GetBytes($"\"batch\":{lastBatch + 2},");
        var buffer = new byte[64 * 1024];
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var kept = 0;
        for (int read; (read = RandomAccess.Read(file, buffer.AsSpan(kept), from)) > 0; from += read)
        {
            var bytes = buffer.AsSpan(0, kept + read);
            if (bytes.IndexOf(mark) >= 0)
            {
                throw new StoreException(
                    $"{System.IO.Path.GetFileName(path)} holds batches after number {lastBatch}, the last that {Database.FileName} knows: the database is missing or older than its segments. "
                    + "Put back the database that belongs to them, or move the segments away to begin anew.");
            }
            kept = Math.Min(mark.Length - 1, bytes.Length);
            bytes[^kept..].CopyTo(buffer);
        }
    }
}
