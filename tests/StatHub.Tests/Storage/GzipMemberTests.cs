using System.Buffers.Binary;
using System.IO.Compression;
using StatHub.Storage.Segments;

namespace StatHub.Tests.Storage;

public sealed class GzipMemberTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(GzipMember.MostStoredBytes)]
    [InlineData(GzipMember.MostStoredBytes + 1)]
    [InlineData(100_000)]
    public void Content_of_any_length_is_read_by_every_reader_of_gzip(int length)
    {
        var content = Content(length);

        var member = GzipMember.Compress(content, "header"u8, CompressionLevel.Fastest).ToArray();

        Unpacked([.. member, .. member]).Should().Equal([.. content, .. content]);
        GzipMember.HasOurExtra(member).Should().BeTrue();
        member[GzipMember.ExtraAt..(GzipMember.ExtraAt + 6)].Should().Equal("header"u8.ToArray());
        BinaryPrimitives.ReadInt32LittleEndian(member.AsSpan()[^4..]).Should().Be(length);
    }

    [Fact]
    public void A_flipped_bit_of_stored_content_is_noticed()
    {
        var member = GzipMember.Compress(Content(1000), [], CompressionLevel.Fastest).ToArray();
        member[500] ^= 4;

        FluentActions.Invoking(() => Unpacked(member)).Should().Throw<InvalidDataException>();
    }

    [Fact]
    public void Short_content_is_not_compressed() =>
        GzipMember.Compress(new byte[GzipMember.MostStoredBytes], [], CompressionLevel.Fastest).Length.Should().BeGreaterThan(GzipMember.MostStoredBytes);

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * i % 251))];

    private static byte[] Unpacked(byte[] members)
    {
        using var gzip = new GZipStream(new MemoryStream(members), CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }
}
