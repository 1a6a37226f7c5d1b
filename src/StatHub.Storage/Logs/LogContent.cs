using System.IO.Compression;
using StatHub.Core.Logs;

namespace StatHub.Storage.Logs;

/// <summary>The bytes of a log, unpacked where it begins as gzip does. What unpacks to more than 200 times its size is refused.</summary>
internal sealed class LogContent : IAsyncDisposable
{
    private const int MostRatio = 200;

    // A few lines that are all the same may be packed better.
    private const long AlwaysAllowed = 16 * 1024 * 1024;

    private readonly CountedStream _packed;
    private Stream? _content;
    private long _unpacked;

    private LogContent(CountedStream packed) => _packed = packed;

    public static LogContent Open(Stream log) => new(new CountedStream(log));

    /// <summary>Fills a buffer as far as there is something left; how many bytes there were.</summary>
    /// <exception cref="LogImportException">It is no gzip, or a bomb.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            _content ??= await BeginAsync(cancellationToken).ConfigureAwait(false);
            var length = 0;
            while (length < buffer.Length && await _content.ReadAsync(buffer[length..], cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                length += read;
                _unpacked += read;
                if (_unpacked > AlwaysAllowed && _unpacked / MostRatio > _packed.Count)
                    throw new LogImportException(LogImportFault.Bomb, $"It unpacks to more than {MostRatio} times its size.");
            }
            return length;
        }
        catch (InvalidDataException exception)
        {
            throw new LogImportException(LogImportFault.BadLog, $"It begins as gzip does and cannot be unpacked: {exception.Message}", exception);
        }
    }

    /// <summary>The format of a log that begins so.</summary>
    /// <exception cref="LogImportException">None reads it.</exception>
    public static LogFormat Recognise(ReadOnlySpan<byte> beginning) => beginning.IsEmpty ? LogFormat.Combined : LogFormat.Recognise(beginning) ?? throw new LogImportException(
        LogImportFault.BadLog, $"Its format is not recognised: none of {string.Join(", ", LogFormat.All.Select(known => known.Name))} reads any of its first {LogFormat.LinesLookedAt} lines.");

    public ValueTask DisposeAsync() => _content is GZipStream ? _content.DisposeAsync() : ValueTask.CompletedTask;

    private async Task<Stream> BeginAsync(CancellationToken cancellationToken)
    {
        var first = new byte[2];
        var length = await _packed.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _packed.PutBack(first.AsMemory(0, length));
        return first is [0x1f, 0x8b] ? new GZipStream(_packed, CompressionMode.Decompress, leaveOpen: true) : _packed;
    }

    /// <summary>Counts what is read, and gives back what was only looked at.</summary>
    private sealed class CountedStream(Stream inner) : Stream
    {
        private ReadOnlyMemory<byte> _back;

        public long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => Count; set => throw new NotSupportedException(); }

        public void PutBack(ReadOnlyMemory<byte> bytes) => (_back, Count) = (bytes, Count - bytes.Length);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Math.Min(_back.Length, buffer.Length);
            if (read > 0)
            {
                _back[..read].CopyTo(buffer);
                _back = _back[read..];
            }
            else
            {
                read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            Count += read;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
