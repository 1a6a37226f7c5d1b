using System.Globalization;
using Microsoft.Win32.SafeHandles;

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
    /// Cuts off what a crash left behind the catalogue, and removes segments that it does not know.
    /// </summary>
    /// <param name="lengths">The committed length of each segment.</param>
    /// <exception cref="StoreException">A segment is shorter than its committed length, or gone.</exception>
    public void Recover(IReadOnlyDictionary<long, long> lengths)
    {
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
        foreach (var file in Directory.EnumerateFiles(Path, "*" + Extension))
        {
            var name = System.IO.Path.GetFileName(file)[..^Extension.Length];
            if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var segment) && !lengths.ContainsKey(segment))
                File.Delete(file);
        }
    }
}
