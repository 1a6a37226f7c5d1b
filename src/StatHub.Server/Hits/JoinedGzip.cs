using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using StatHub.Core.Hits;
using StatHub.Core.Hits.Formats;

namespace StatHub.Server.Hits;

/// <summary>
/// One gzip stream of what is stored as deflate data and goes out as it is, and of what is compressed here. Clients such as curl stop at the
/// second member of a body with several, so the pieces are joined to one.
/// </summary>
internal sealed class JoinedGzip(PipeWriter output)
{
    private const int CopyBytes = 64 * 1024;

    // A flush waits until the client has taken what was flushed, so that many small ones are slow.
    private const int FlushBytes = 1024 * 1024;

    private Part? _part;
    private uint _crc;
    private long _length;

    /// <summary>Writes every hit that the reader has left; returns early when the output's other end is gone.</summary>
    public async Task WriteAllAsync(IDeflatedHitReader hits, CancellationToken cancellationToken)
    {
        // Deflate, no flags, no time, unknown system.
        output.Write((ReadOnlySpan<byte>)[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (hits.TryTakeDeflated(out var stored))
            {
                EndPart();
                if (!await CopyAsync(stored, cancellationToken))
                    return;
                continue;
            }
            var block = hits.Read(int.MaxValue);
            if (block.IsEmpty)
                break;
            if (!await CompressAsync(block, cancellationToken))
                return;
        }
        EndPart();
        WriteEnd();
        await output.FlushAsync(cancellationToken);
    }

    private async Task<bool> CopyAsync(DeflatedHits stored, CancellationToken cancellationToken)
    {
        for (int read; (read = stored.Data.Read(output.GetSpan(CopyBytes))) > 0;)
        {
            output.Advance(read);
            if (output.UnflushedBytes >= FlushBytes && !await FlushedAsync(cancellationToken))
                return false;
        }
        Add(stored.Crc32, stored.Length);
        return true;
    }

    private async Task<bool> CompressAsync(Memory<byte> block, CancellationToken cancellationToken)
    {
        var isFirst = _part is null;
        _part ??= new Part(output);
        _part.Write(block.Span, flush: isFirst);
        return output.UnflushedBytes < FlushBytes && !isFirst || await FlushedAsync(cancellationToken);
    }

    private async ValueTask<bool> FlushedAsync(CancellationToken cancellationToken)
    {
        var flushed = await output.FlushAsync(cancellationToken);
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }

    /// <summary>What follows was compressed by itself, so nothing before may be referred to by what comes behind it.</summary>
    private void EndPart()
    {
        if (_part is null)
            return;
        var (crc, length) = _part.End();
        Add(crc, length);
        _part = null;
    }

    private void Add(uint crc, long length)
    {
        _crc = Crc32.Combine(_crc, crc, length);
        _length += length;
    }

    private void WriteEnd()
    {
        var end = output.GetSpan(Part.EndBytes);
        // An empty last block of fixed codes.
        (end[0], end[1]) = (3, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(end[2..], _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(end[6..], (uint)_length);
        output.Advance(Part.EndBytes);
    }

    /// <summary>Lines that are compressed here: a gzip stream without its header and its end.</summary>
    private sealed class Part : Stream
    {
        /// <summary>An empty last block, the checksum and the length.</summary>
        public const int EndBytes = 10;

        private const int HeaderBytes = 10;

        private readonly PipeWriter _output;
        private readonly GZipStream _gzip;
        private readonly ArrayBufferWriter<byte> _end = new(EndBytes);
        private int _skip = HeaderBytes;
        private bool _ending;
        private long _length;

        public Part(PipeWriter output) => (_output, _gzip) = (output, new GZipStream(this, CompressionLevel.Fastest, leaveOpen: true));

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>Compresses lines.</summary>
        public void Write(ReadOnlySpan<byte> lines, bool flush)
        {
            _gzip.Write(lines);
            _length += lines.Length;
            if (flush)
                _gzip.Flush();
        }

        /// <summary>Writes what is left up to a whole byte; the checksum and length of all.</summary>
        public (uint Crc, long Length) End()
        {
            _gzip.Flush();
            _ending = true;
            _gzip.Dispose();
            var end = _end.WrittenSpan;
            if (end is not [3, 0, _, _, _, _, _, _, _, _])
                throw new InvalidDataException("The compression library ends deflate data in another way than before.");
            return (BinaryPrimitives.ReadUInt32LittleEndian(end[2..]), _length);
        }

        /// <summary>What the compressor makes.</summary>
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var skipped = Math.Min(_skip, buffer.Length);
            _skip -= skipped;
            IBufferWriter<byte> target = _ending ? _end : _output;
            target.Write(buffer[skipped..]);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
