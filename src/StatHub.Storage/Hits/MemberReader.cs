using System.Buffers;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using StatHub.Core.Hits;
using StatHub.Core.Journal;

namespace StatHub.Storage.Hits;

/// <summary>
/// Decompresses one member and gives its lines, block by block or one by one. Lines of other keys and times are skipped.
/// </summary>
internal sealed class MemberReader : HitSource
{
    private const int MostBlockBytes = 128 * 1024;
    private const int LeastBlockBytes = 8 * 1024;
    private const int UsualRatio = 16;

    private readonly SafeFileHandle _segment;
    private readonly MemberRow _member;
    private readonly byte[]? _mark;
    private readonly long _from;
    private readonly long _to;
    private readonly bool _filtered;
    private Stream _content;
    private byte[] _block;
    private int _start;
    private int _filled;
    private bool _ended;

    /// <summary>Opens a member.</summary>
    /// <param name="segment">The segment, open; closed with this reader.</param>
    /// <param name="member">Where it is and what it holds.</param>
    /// <param name="mark">Only lines with this mark; null for all.</param>
    /// <param name="from">Only hits from this instant, in Unix milliseconds.</param>
    /// <param name="to">Only hits before this instant.</param>
    public MemberReader(SafeFileHandle segment, MemberRow member, byte[]? mark, long from, long to)
    {
        (_member, _segment) = (member, segment);
        _block = ArrayPool<byte>.Shared.Rent(Math.Clamp(member.Length * UsualRatio, LeastBlockBytes, MostBlockBytes));
        _content = new GZipStream(new FileSlice(segment, member.Offset, member.Length), CompressionMode.Decompress);
        (_mark, _from, _to) = (mark, from, to);
        _filtered = mark is not null || member.First < from || member.Last >= to;
        if (member.IsUnsorted)
            Sort();
    }

    protected override (long Batch, int Number) Age => (_member.Batch, _member.Number);

    protected override ReadOnlySpan<byte> Line => TryPeek(out var line) ? line : [];

    public override void Advance()
    {
        while (TryPeek(out var line))
        {
            var instant = Instant(line);
            if (!_filtered || IsWanted(line, instant))
            {
                Next = instant;
                return;
            }
            _start += line.Length;
        }
        Next = long.MaxValue;
    }

    public override int TakeLine(Span<byte> target)
    {
        TryPeek(out var line);
        if (line.Length > target.Length)
            return 0;
        line.CopyTo(target);
        var length = line.Length;
        _start += length;
        Advance();
        return length;
    }

    public override void SkipLine()
    {
        TryPeek(out var line);
        _start += line.Length;
        Advance();
    }

    public override Memory<byte> TakeBlock(long before)
    {
        if (_filtered)
            return default;
        var lines = _block.AsSpan(_start, _filled - _start);
        var end = lines.LastIndexOf((byte)'\n') + 1;
        var last = lines[..Math.Max(0, end - 1)].LastIndexOf((byte)'\n') + 1;
        if (end == 0 || Instant(lines[last..]) >= before)
            return default;
        var block = _block.AsMemory(_start, end);
        _start += end;
        return block;
    }

    public override StoreException Damaged(string how) => _member.Damaged(how);

    public override void Dispose()
    {
        _content.Dispose();
        _segment.Dispose();
        ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    private bool IsWanted(ReadOnlySpan<byte> line, long instant) =>
        instant >= _from && instant < _to && (_mark is null || StoredHit.HasMark(line, _mark));

    /// <summary>Brings the lines of an older version's member, which are those of one commit, into today's order.</summary>
    private void Sort()
    {
        using var blocks = new LineBlocks(MostBlockBytes);
        var lines = new RawLines(blocks);
        while (TryPeek(out var line))
        {
            line.CopyTo(lines.Writer.GetSpan(line.Length));
            lines.Writer.Advance(line.Length);
            lines.Ended(Instant(line));
            _start += line.Length;
        }
        _content.Dispose();
        _content = new MemoryStream(lines.Bytes);
        lines.WriteInOrder(_content);
        _content.Position = 0;
        (_start, _filled, _ended) = (0, 0, false);
    }

    private bool TryPeek(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var rest = _block.AsSpan(_start, _filled - _start);
            var newline = rest.IndexOf((byte)'\n');
            line = rest[..(newline + 1)];
            if (newline >= 0)
                return true;
            if (_ended)
                return false;
            Fill();
        }
    }

    private void Fill()
    {
        _block.AsSpan(_start, _filled - _start).CopyTo(_block);
        (_start, _filled) = (0, _filled - _start);
        if (_filled == _block.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_block.Length * 2);
            _block.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_block);
            _block = larger;
        }
        while (_filled < _block.Length)
        {
            var read = Decompress(_block.AsSpan(_filled));
            _filled += read;
            if (read == 0)
            {
                _ended = true;
                return;
            }
        }
    }

    private int Decompress(Span<byte> target)
    {
        try
        {
            return _content.Read(target);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(exception.Message);
        }
    }

    private long Instant(ReadOnlySpan<byte> line) =>
        StoredHit.TryUnixMilliseconds(line, out var instant) ? instant : throw Damaged("A line does not begin with its instant.");

}
