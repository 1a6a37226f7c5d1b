using System.Security.Cryptography;
using StatHub.Core.Work;
using StatHub.Storage.Compaction;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Backups;

/// <summary>Copies files and tells their hashes, at a bounded speed, and says how far it is.</summary>
internal sealed class HashedCopy(Throttle throttle, Action<WorkProgress> progress, CancellationToken cancellationToken)
{
    private readonly byte[] _buffer = new byte[1024 * 1024];

    /// <summary>How many bytes there are to read in all.</summary>
    public long Total { get; set; }

    /// <summary>How many were read.</summary>
    public long Done { get; private set; }

    /// <summary>Reads a file; its hash.</summary>
    public async Task<string> HashAsync(string path, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = SegmentFolder.OpenToRead(path);
        await ReadAsync(source, 0, length, path, bytes => hash.AppendData(bytes.Span)).ConfigureAwait(false);
        return Text(hash);
    }

    /// <summary>Copies the first bytes of a file, durably; the hash of what was written.</summary>
    /// <param name="from">What is copied.</param>
    /// <param name="to">A new file.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="wiped">Ranges in ascending order that do not go along: fillers stand in their place.</param>
    /// <exception cref="StoreException">The file has fewer bytes.</exception>
    public async Task<string> CopyAsync(string from, string to, long length, IReadOnlyList<(long Offset, int Length)> wiped)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = SegmentFolder.OpenToRead(from);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var at = 0L;
        foreach (var (offset, bytes) in wiped)
        {
            await ReadAsync(source, at, offset - at, from, Write).ConfigureAwait(false);
            foreach (var filler in SegmentWiper.Fillers(bytes))
                Write(filler);
            at = offset + bytes;
            Done += bytes;
        }
        await ReadAsync(source, at, length - at, from, Write).ConfigureAwait(false);
        target.Flush(flushToDisk: true);
        return Text(hash);

        void Write(ReadOnlyMemory<byte> part)
        {
            hash.AppendData(part.Span);
            target.Write(part.Span);
        }
    }

    private async Task ReadAsync(Microsoft.Win32.SafeHandles.SafeFileHandle source, long from, long length, string path, Action<ReadOnlyMemory<byte>> take)
    {
        for (var end = from + length; from < end;)
        {
            var read = RandomAccess.Read(source, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - from)), from);
            if (read == 0)
                throw new StoreException($"{path} ends at byte {from}; {end - from} more should be there.");
            take(_buffer.AsMemory(0, read));
            from += read;
            Done += read;
            progress(new WorkProgress(Done, Math.Max(Done, Total), "bytes"));
            await throttle.PassAsync(read, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
