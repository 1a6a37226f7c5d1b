using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using StatHub.Core.Journal;

namespace StatHub.Storage.Segments;

/// <summary>
/// One gzip member (RFC 1952) with an extra field of subfield <c>SH</c>, which zcat and every other reader ignores.
/// </summary>
internal static class GzipMember
{
    /// <summary>The most bytes an extra field can hold beside its subfield header.</summary>
    public const int MostExtraBytes = ushort.MaxValue - SubfieldHeaderBytes;

    /// <summary>CRC-32 and length of the content.</summary>
    public const int TrailerBytes = 8;

    public const int HeaderBytes = 10;
    private const int SubfieldHeaderBytes = 4;
    private const int FlagsAt = 3;
    private const byte HasExtra = 4;
    private const byte LastStoredBlock = 1;
    private const int StoredBlockBytes = 5;

    // A compressor clears a quarter of a megabyte before it begins, which costs more than a few lines are worth.
    internal const int MostStoredBytes = 2048;

    /// <summary>Makes a member of content that carries <paramref name="extra"/>; what is short is stored as it is.</summary>
    public static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> content, ReadOnlySpan<byte> extra, CompressionLevel level) => content.Length <= MostStoredBytes
        ? Store(content, extra)
        : Compress(content, extra, stream => new GZipStream(stream, level, leaveOpen: true), flush: false);

    /// <summary>Likewise a member of a batch's lines in their order.</summary>
    public static ReadOnlyMemory<byte> Compress(RawLines lines, ReadOnlySpan<byte> extra, CompressionLevel level)
    {
        if (lines.Bytes <= MostStoredBytes)
        {
            var content = new byte[lines.Bytes];
            lines.WriteInOrder(new MemoryStream(content));
            return Store(content, extra);
        }
        var stream = Begin(lines.Bytes, extra);
        using (var gzip = new GZipStream(stream, level, leaveOpen: true))
            lines.WriteInOrder(gzip);
        return End(stream, extra);
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> content, ReadOnlySpan<byte> extra, Func<Stream, GZipStream> open, bool flush)
    {
        if (content.IsEmpty)
            return Empty(extra);
        var stream = Begin(content.Length, extra);
        using (var gzip = open(stream))
        {
            gzip.Write(content);
            if (flush)
                gzip.Flush();
        }
        return End(stream, extra);
    }

    /// <summary>Leaves the place that the extra field takes: <see cref="End"/> moves the header to the front of it.</summary>
    private static MemoryStream Begin(int contentLength, ReadOnlySpan<byte> extra)
    {
        var stream = new MemoryStream(contentLength / 6 + 256);
        stream.SetLength(Gap(extra));
        stream.Position = stream.Length;
        return stream;
    }

    private static ReadOnlyMemory<byte> End(MemoryStream stream, ReadOnlySpan<byte> extra)
    {
        var member = stream.GetBuffer().AsMemory(0, (int)stream.Length);
        member.Span.Slice(Gap(extra), HeaderBytes).CopyTo(member.Span);
        WriteExtra(member.Span, extra);
        return member;
    }

    private static int Gap(ReadOnlySpan<byte> extra) => 2 + SubfieldHeaderBytes + extra.Length;

    /// <summary>
    /// Compresses content so that members can be joined to one stream without compressing them again: the deflate data ends at a whole byte with a
    /// sync flush, and the last block is an empty one of its own.
    /// </summary>
    public static ReadOnlyMemory<byte> CompressJoinable(ReadOnlySpan<byte> content, ReadOnlySpan<byte> extra, int level)
    {
        var options = new ZLibCompressionOptions { CompressionLevel = level };
        var member = Compress(content, extra, stream => new GZipStream(stream, options, leaveOpen: true), flush: true);
        if (!member.Span[..^TrailerBytes].EndsWith(JoinableEnd))
            throw new InvalidDataException("The compression library ends deflate data in another way than before.");
        return member;
    }

    /// <summary>How the deflate data of a joinable member ends: an empty stored block, then the last block, empty too.</summary>
    public static ReadOnlySpan<byte> JoinableEnd => [0, 0, 0xff, 0xff, 3, 0];

    /// <summary>How a member without content ends behind its extra data.</summary>
    public static ReadOnlySpan<byte> EmptyEnd => [3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Where the extra data begins; the two bytes before are its length.</summary>
    public const int ExtraAt = HeaderBytes + 2 + SubfieldHeaderBytes;

    /// <summary>Whether the first bytes of a member say that our subfield follows.</summary>
    public static bool HasOurExtra(ReadOnlySpan<byte> front) =>
        front.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8, HasExtra]) && front[HeaderBytes + 2] == (byte)'S' && front[HeaderBytes + 3] == (byte)'H';

    /// <summary>An empty last block of fixed codes.</summary>
    public static ReadOnlySpan<byte> LastBlock => [3, 0];

    /// <summary>A member without content that is exactly <paramref name="length"/> bytes long; at least <see cref="Smallest"/>.</summary>
    public static byte[] Filler(int length)
    {
        var extra = Math.Min(length - Smallest, MostExtraBytes);
        return Empty(new byte[extra]);
    }

    /// <summary>The length of a member with neither content nor extra bytes.</summary>
    public const int Smallest = HeaderBytes + 2 + SubfieldHeaderBytes + 2 + TrailerBytes;

    /// <summary>A member of one block that is not compressed.</summary>
    private static byte[] Store(ReadOnlySpan<byte> content, ReadOnlySpan<byte> extra)
    {
        if (content.IsEmpty)
            return Empty(extra);
        var member = Framed(extra, StoredBlockBytes + content.Length);
        var block = member.AsSpan(ExtraAt + extra.Length);
        block[0] = LastStoredBlock;
        BinaryPrimitives.WriteUInt16LittleEndian(block[1..], (ushort)content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(block[3..], (ushort)~content.Length);
        content.CopyTo(block[StoredBlockBytes..]);
        var trailer = member.AsSpan(member.Length - TrailerBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, Crc32.HashToUInt32(content));
        BinaryPrimitives.WriteInt32LittleEndian(trailer[4..], content.Length);
        return member;
    }

    /// <summary>A member with an empty block of fixed codes, CRC 0 and length 0.</summary>
    private static byte[] Empty(ReadOnlySpan<byte> extra)
    {
        var member = Framed(extra, LastBlock.Length);
        LastBlock.CopyTo(member.AsSpan(ExtraAt + extra.Length));
        return member;
    }

    /// <summary>A member whose deflate data and trailer are 0 still.</summary>
    private static byte[] Framed(ReadOnlySpan<byte> extra, int dataBytes)
    {
        var member = new byte[ExtraAt + extra.Length + dataBytes + TrailerBytes];
        // Deflate, no name, no time, unknown system.
        ReadOnlySpan<byte> header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        header.CopyTo(member);
        WriteExtra(member, extra);
        return member;
    }

    private static void WriteExtra(Span<byte> member, ReadOnlySpan<byte> extra)
    {
        if (extra.Length > MostExtraBytes)
            throw new ArgumentException($"An extra field holds at most {MostExtraBytes} bytes.", nameof(extra));
        member[FlagsAt] |= HasExtra;
        var field = member[HeaderBytes..];
        BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)(extra.Length + SubfieldHeaderBytes));
        field[2] = (byte)'S';
        field[3] = (byte)'H';
        BinaryPrimitives.WriteUInt16LittleEndian(field[4..], (ushort)extra.Length);
        extra.CopyTo(field[6..]);
    }
}
