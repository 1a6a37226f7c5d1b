using System.Text;
using StatHub.Core.Sketches;

namespace StatHub.Tests.Sketches;

public class VisitorHashTests
{
    /// <summary>
    /// Of the reference implementation (vectors.h, which has them as bytes): the hash of the first n of the bytes 0, 1, 2, … with the key 0, 1, …, 15.
    /// That of 15 bytes is also in the paper.
    /// </summary>
    private static readonly ulong[] Reference =
    [
        0x726fdb47dd0e0e31, 0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
        0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce, 0xab0200f58b01d137,
        0x93f5f5799a932462, 0x9e0082df0ba9e4b0, 0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7,
        0x751e8fbc860ee5fb, 0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5,
        0x3f2acc7f57c29bdb, 0x699ae9f52cbe4794, 0x4bc1b3f0968dd39c, 0xbb6dc91da77961bd,
        0xbed65cf21aa2ee98, 0xd0f2cbb02e3b67c7, 0x93536795e3a33e88, 0xa80c038ccd5ccec8,
        0xb8ad50c6f649af94, 0xbce192de8a85b8ea, 0x17d835b85bbb15f3, 0x2f2e6163076bcfad,
        0xde4daaaca71dc9a5, 0xa6a2506687956571, 0xad87a3535c49ef28, 0x32d892fad841c342,
        0x7127512f72f27cce, 0xa7f32346f95978e3, 0x12e0b01abb051238, 0x15e034d40fa197ae,
        0x314dffbe0815a3b4, 0x027990f029623981, 0xcadcd4e59ef40c4d, 0x9abfd8766a33735c,
        0x0e3ea96b5304a7d0, 0xad0c42d6fc585992, 0x187306c89bc215a9, 0xd4a60abcf3792b95,
        0xf935451de4f21df2, 0xa9538f0419755787, 0xdb9acddff56ca510, 0xd06c98cd5c0975eb,
        0xe612a3cb9ecba951, 0xc766e62cfcadaf96, 0xee64435a9752fe72, 0xa192d576b245165a,
        0x0a8787bf8ecb74b2, 0x81b3e73d20b49b6f, 0x7fa8220ba3b2ecea, 0x245731c13ca42499,
        0xb78dbfaf3a8d83bd, 0xea1ad565322a1a0b, 0x60e61c23a3795013, 0x6606d7e446282b93,
        0x6ca4ecb15c5f91e1, 0x9f626da15c9625f3, 0xe51b38608ef25f57, 0x958a324ceb064572,
    ];

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, Reference.Length).Select(i => (byte)i)];

    private static byte[] Salt => Bytes[..VisitorHash.SaltBytes];

    private static ulong Of(string address, string userAgent) =>
        VisitorHash.Of(Salt, "demo"u8, Encoding.UTF8.GetBytes(address), Encoding.UTF8.GetBytes(userAgent));

    [Fact]
    public void SipHash_gives_the_hashes_of_its_reference_implementation() =>
        Reference.Select((_, length) => Hash(Bytes[..length])).Should().Equal(Reference);

    [Fact]
    public void A_message_longer_than_a_byte_can_count_has_a_hash_of_its_own() =>
        Hash(new byte[256]).Should().NotBe(Hash([])).And.NotBe(Hash(new byte[512]));

    [Fact]
    public void The_end_of_an_address_is_no_beginning_of_a_user_agent() =>
        new[] { Of("ab", "c"), Of("a", "bc"), Of("", "abc"), Of("abc", "") }.Should().OnlyHaveUniqueItems();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(498)]
    [InlineData(499)]
    [InlineData(9_000)]
    public void A_visitor_is_the_first_48_bits_of_the_hash_of_tenant_and_address_with_their_lengths_and_the_user_agent(int length) =>
        VisitorHash.Of(Salt, "demo"u8, "ab"u8, new byte[length])
            .Should().Be(Hash([4, 0, 0, 0, .. "demo"u8, 2, 0, 0, 0, .. "ab"u8, .. new byte[length]]) >> 16 << 16);

    [Fact]
    public void No_two_tenants_can_compare_their_visitors() =>
        VisitorHash.Of(Salt, "demo"u8, "ab"u8, "c"u8).Should().NotBe(VisitorHash.Of(Salt, "other"u8, "ab"u8, "c"u8));

    [Fact]
    public void Its_text_is_read_back()
    {
        var text = new byte[VisitorHash.TextBytes];
        foreach (var hash in (ulong[])[0, 1UL << 16, Of("a", "b"), ulong.MaxValue >> 16 << 16])
        {
            VisitorHash.Write(hash, text);
            VisitorHash.TryRead(text, out var read).Should().BeTrue();
            read.Should().Be(hash);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAA")]
    [InlineData("AAAAAAAAA")]
    [InlineData("AAAA AAA")]
    [InlineData("AAAAAA==")]
    [InlineData("AAAA+AAA")]
    public void Any_other_text_is_none(string text) => VisitorHash.TryRead(Encoding.ASCII.GetBytes(text), out _).Should().BeFalse();

    [Fact]
    public void Another_salt_makes_other_visitors()
    {
        var other = Salt;
        other[15] ^= 1;

        VisitorHash.Of(other, "demo"u8, "ab"u8, "c"u8).Should().NotBe(Of("ab", "c"));
    }

    [Fact]
    public void A_salt_has_sixteen_bytes() =>
        FluentActions.Invoking(() => VisitorHash.Of(new byte[15], [], [], [])).Should().Throw<ArgumentException>();

    private static ulong Hash(byte[] message) => SipHash.Of(Salt, message);
}
