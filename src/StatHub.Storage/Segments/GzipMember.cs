using System.Buffers.Binary;
using System.IO.Compression;

namespace StatHub.Storage.Segments;

/// <summary>
/// One gzip member (RFC 1952) with an extra field of subfield <c>SH</c>, which zcat and every other reader ignores.
/// </summary>
internal static class GzipMember
{
    /// <summary>The most bytes an extra field can hold beside its subfield header.</summary>
    public const int MostExtraBytes = ushort.MaxValue - SubfieldHeaderBytes;

    private const int HeaderBytes = 10;
    private const int SubfieldHeaderBytes = 4;
    private const int FlagsAt = 3;
    private const byte HasExtra = 4;

    /// <summary>Compresses content into a member that carries <paramref name="extra"/>.</summary>
    public static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> content, ReadOnlySpan<byte> extra, CompressionLevel level)
    {
        if (extra.Length > MostExtraBytes)
            throw new ArgumentException($"An extra field holds at most {MostExtraBytes} bytes.", nameof(extra));
        if (content.IsEmpty)
            return Empty(extra);
        var stream = new MemoryStream(content.Length / 6 + 256);
        // The place that the extra field takes: the header is moved to the front of it below.
        var gap = 2 + SubfieldHeaderBytes + extra.Length;
        stream.SetLength(gap);
        stream.Position = gap;
        using (var gzip = new GZipStream(stream, level, leaveOpen: true))
        {
            gzip.Write(content);
        }
        var member = stream.GetBuffer().AsMemory(0, (int)stream.Length);
        member.Span.Slice(gap, HeaderBytes).CopyTo(member.Span);
        WriteExtra(member.Span, extra);
        return member;
    }

    /// <summary>A member without content that is exactly <paramref name="length"/> bytes long; at least <see cref="Smallest"/>.</summary>
    public static byte[] Filler(int length)
    {
        var extra = Math.Min(length - Smallest, MostExtraBytes);
        return Empty(new byte[extra]);
    }

    /// <summary>The length of a member with neither content nor extra bytes.</summary>
    public const int Smallest = HeaderBytes + 2 + SubfieldHeaderBytes + 2 + 8;

    private static byte[] Empty(ReadOnlySpan<byte> extra)
    {
        var member = new byte[Smallest + extra.Length];
        // Deflate, no name, no time, unknown system; then one empty block of fixed codes, CRC 0 and length 0.
        ReadOnlySpan<byte> header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        header.CopyTo(member);
        WriteExtra(member, extra);
        ReadOnlySpan<byte> block = [3, 0];
        block.CopyTo(member.AsSpan(member.Length - 10));
        return member;
    }

    private static void WriteExtra(Span<byte> member, ReadOnlySpan<byte> extra)
    {
        member[FlagsAt] |= HasExtra;
        var field = member[HeaderBytes..];
        BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)(extra.Length + SubfieldHeaderBytes));
        field[2] = (byte)'S';
        field[3] = (byte)'H';
        BinaryPrimitives.WriteUInt16LittleEndian(field[4..], (ushort)extra.Length);
        extra.CopyTo(field[6..]);
    }
}
