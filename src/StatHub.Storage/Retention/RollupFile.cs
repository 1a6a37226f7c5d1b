using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using StatHub.Storage.Posix;
using StatHub.Storage.Rollups;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Retention;

/// <summary>
/// The rollups of a tenant's day in a file of their own: when its raw hits are gone nothing else could give them back. See
/// docs/formats/rollup-file.md.
/// </summary>
internal static class RollupFile
{
    /// <summary>Writes a file; it is whole and durable under its name when this returns, and one that is there is replaced.</summary>
    /// <param name="path">Its name. The folder is there.</param>
    /// <param name="header">What is in it.</param>
    /// <param name="series">As many as the header says: the tenant as a whole and its keys, in the order of keys.</param>
    /// <param name="onStep">Told what is done.</param>
    public static void Write(string path, RollupHeader header, IEnumerable<SeriesDay> series, Action<RetentionStep>? onStep = null)
    {
        var temporary = path + SegmentFolder.Temporary;
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                using (var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
                    Write(gzip, header, series);
                file.Flush(flushToDisk: true);
            }
            onStep?.Invoke(RetentionStep.FileSynced);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            SegmentFolder.Remove(temporary);
        }
        Libc.SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="StoreException">It is damaged, cut short or of a newer version; the message names it.</exception>
    public static (RollupHeader Header, IReadOnlyList<SeriesDay> Series) Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var lines = Lines(file);
            var header = Header(lines.FirstOrDefault(), path);
            var series = lines.Skip(1).Select(Series).ToList();
            var hits = series.Where(one => one.Key.Length == 0).Sum(one => one.Total.Hits);
            if (series.Count != header.Series || hits != header.Hits)
                throw new InvalidDataException($"It has {series.Count} series and {hits} hits, and says that these are {header.Series} and {header.Hits}.");
            return (header, series);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            throw new StoreException($"The rollup file {path} is damaged: {exception.Message} Restore it from a backup.", exception);
        }
    }

    /// <summary>All lines. .NET takes a gzip file that ends early for one that ends there, so the length at its end is compared.</summary>
    private static List<string> Lines(FileStream file)
    {
        var lines = new List<string>();
        long bytes = 0;
        using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress, leaveOpen: true));
        while (text.ReadLine() is { } line)
        {
            lines.Add(line);
            bytes += Encoding.UTF8.GetByteCount(line) + 1;
        }
        Span<byte> length = stackalloc byte[sizeof(uint)];
        if (RandomAccess.Read(file.SafeFileHandle, length, Math.Max(0, file.Length - length.Length)) < length.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(length) != (uint)bytes)
            throw new InvalidDataException("It is cut short.");
        return lines;
    }

    private static void Write(GZipStream gzip, RollupHeader header, IEnumerable<SeriesDay> series)
    {
        JsonSerializer.Serialize(gzip, header, RollupJson.Default.RollupHeader);
        gzip.WriteByte((byte)'\n');
        foreach (var one in series)
        {
            JsonSerializer.Serialize(gzip, SeriesLine.Of(one), RollupJson.Default.SeriesLine);
            gzip.WriteByte((byte)'\n');
        }
    }

    private static SeriesDay Series(string line) =>
        JsonSerializer.Deserialize(line, RollupJson.Default.SeriesLine)?.ToSeries() ?? throw new InvalidDataException("A line is no series.");

    private static RollupHeader Header(string? line, string path)
    {
        // A later version may have other fields.
        var version = JsonSerializer.Deserialize(line ?? "null", RollupJson.Default.RollupVersion)?.Version ?? 0;
        if (version > RollupHeader.CurrentVersion)
            throw new StoreException($"The rollup file {path} has version {version}, this StatHub knows versions up to {RollupHeader.CurrentVersion}. Use the newer StatHub that wrote it.");
        return version == RollupHeader.CurrentVersion
            ? JsonSerializer.Deserialize(line!, RollupJson.Default.RollupHeader)!
            : throw new InvalidDataException("Its first line is no header.");
    }
}
