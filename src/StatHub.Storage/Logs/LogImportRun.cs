using System.Buffers;
using System.Security.Cryptography;
using StatHub.Core.Logs;
using StatHub.Core.Logs.Ringserver;
using StatHub.Core.Tenants;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Logs;

/// <summary>
/// One import. Lines are converted as they come; where the bytes so far turn out to be a beginning that is known, what was converted of them is dropped. A log that is large goes into the
/// journal in parts, so that an import that was interrupted goes on where it ended.
/// </summary>
/// <param name="tenant">Whose log it is.</param>
/// <param name="request">What it is.</param>
/// <param name="transfers">Writes what reports of ringserver say.</param>
/// <param name="content">Its bytes.</param>
/// <param name="table">What is known.</param>
/// <param name="publish">Moves a file that is noted into the journal.</param>
/// <param name="turn">Waits until the journal takes another part.</param>
/// <param name="spool">Where files are until then.</param>
/// <param name="time">The clock.</param>
internal sealed class LogImportRun(
    TenantId tenant, LogRequest request, TransferArgs transfers, LogContent content, ImportTable table, Action<string> publish, JournalTurn turn, string spool, TimeProvider time) : IDisposable
{
    private const int BlockBytes = 1024 * 1024;
    private const long LeastFreeBytes = 256 * 1024 * 1024;

    // Small, and each next one twice as large, so that the ingest begins at once.
    private const long FirstPartBytes = 4 * 1024 * 1024;

    private readonly byte[] _block = new byte[BlockBytes];
    private readonly ArrayBufferWriter<byte> _lines = new(BlockBytes);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private FileStream? _part;
    private byte[] _head = [];
    private long _position;
    private long _known;
    private long _published;
    private long _partBytes = Math.Min(FirstPartBytes, turn.PartBytes);

    public async Task<LogImport> RunAsync(CancellationToken cancellationToken)
    {
        var length = await content.ReadAsync(_block, cancellationToken).ConfigureAwait(false);
        var format = request.Format ?? LogContent.Recognise(_block.AsSpan(0, length));
        var converter = new LogConverter(format.CreateParser(), new LogLine(tenant, format.Name, request.RuleOf(format), transfers), time.GetUtcNow());
        _head = Head(ImportTable.HeadBytes, length);
        var known = new Queue<KnownLog>(table.Find(tenant, bytes => Head(bytes, length)));
        for (; length > 0; length = await content.ReadAsync(_block, cancellationToken).ConfigureAwait(false))
        {
            if (known.Count == 0 && _part?.Length > _partBytes)
            {
                await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
                length -= PublishAtNewline(converter, length);
            }
            Add(length, known, converter);
            Write();
        }
        converter.End(_lines);
        Write();
        if (_position > _known && _position > _published)
            Publish();
        return new LogImport(format, _known, _position, converter.Report);
    }

    public void Dispose()
    {
        if (_part is { } part)
        {
            part.Dispose();
            File.Delete(part.Name);
        }
        _hash.Dispose();
    }

    /// <summary>Takes a block, and looks at each length of a known beginning whether this is it.</summary>
    private void Add(int length, Queue<KnownLog> known, LogConverter converter)
    {
        var at = 0;
        while (known.TryPeek(out var next) && next.Bytes <= _position + length - at)
        {
            known.Dequeue();
            var end = at + (int)(next.Bytes - _position);
            Take(_block.AsSpan(at, end - at), converter);
            at = end;
            if (!_hash.GetCurrentHash().AsSpan().SequenceEqual(next.Hash))
                continue;
            _known = _position;
            _lines.ResetWrittenCount();
            _part?.SetLength(0);
            converter.Restart(isWithin: _block[at - 1] != (byte)'\n');
        }
        Take(_block.AsSpan(at, length - at), converter);
    }

    private void Take(ReadOnlySpan<byte> bytes, LogConverter converter)
    {
        _hash.AppendData(bytes);
        converter.Add(bytes, _lines);
        _position += bytes.Length;
    }

    /// <summary>Brings what there is up to the last line of a block into the journal; how many bytes of the block that takes.</summary>
    private int PublishAtNewline(LogConverter converter, int length)
    {
        var end = _block.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
        if (end == 0)
            return 0;
        Take(_block.AsSpan(0, end), converter);
        Write();
        Publish();
        _partBytes = Math.Min(2 * _partBytes, turn.PartBytes);
        _block.AsSpan(end, length - end).CopyTo(_block);
        return end;
    }

    private void Write()
    {
        if (_lines.WrittenCount == 0)
            return;
        if (new DriveInfo(spool).AvailableFreeSpace < LeastFreeBytes)
            throw new LogImportException(LogImportFault.DiskFull, "The disk of the data folder is nearly full.");
        _part ??= new FileStream(Path.Combine(spool, Guid.CreateVersion7(time.GetUtcNow()).ToString("N")), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _part.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }

    private void Publish()
    {
        string? name = null;
        if (_part is { Length: > 0 } part)
        {
            part.Flush(flushToDisk: true);
            part.Dispose();
            name = Path.GetFileName(part.Name);
            Libc.SyncFolder(spool);
            _part = null;
        }
        table.Add(tenant, new KnownLog(_position, _hash.GetCurrentHash()), _position < ImportTable.HeadBytes ? _hash.GetCurrentHash() : _head, time.GetUtcNow(), name);
        if (name is not null)
            publish(name);
        _published = _position;
    }

    /// <summary>The hash of the first bytes of the log, of which the block has the first.</summary>
    private byte[] Head(long bytes, int length) => SHA256.HashData(_block.AsSpan(0, (int)Math.Min(bytes, length)));
}
