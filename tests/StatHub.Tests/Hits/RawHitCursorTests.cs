using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using StatHub.Core.Hits;

namespace StatHub.Tests.Hits;

public sealed class RawHitCursorTests
{
    private const long Instant = 1_772_366_430_123;

    public static TheoryData<string> Keys => [.. (string[])["a", "/other", "a b%c", "\"\\", "ü", "\U0001F600", new string('x', 128), new string('ü', 64)]];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_cursor_is_read_as_it_was_written(string key)
    {
        foreach (var (instant, seen) in ((long, long)[])[(0, 1), (Instant, 7), (long.MaxValue, long.MaxValue)])
        {
            var position = new RawHitPosition(instant, HitKey.FromStore(key), seen);

            var text = RawHitCursor.Write(position);

            text.Length.Should().BeLessThanOrEqualTo(RawHitCursor.MaxLength);
            text.Should().MatchRegex("^[A-Za-z0-9_-]+$");
            RawHitCursor.TryRead(text, out var read).Should().BeTrue();
            read.Should().Be(position);
        }
    }

    [Fact]
    public void The_longest_key_makes_the_longest_cursor() =>
        RawHitCursor.Write(new RawHitPosition(Instant, HitKey.Parse(new string('x', 128)), 1)).Should().HaveLength(RawHitCursor.MaxLength);

    [Fact]
    public void The_place_before_a_millisecond_is_a_cursor_too()
    {
        RawHitCursor.TryRead(RawHitCursor.Write(RawHitPosition.Before(Instant)), out var read).Should().BeTrue();

        read.Should().Be(RawHitPosition.Before(Instant));
    }

    [Theory]
    [InlineData(0, Instant, 1, "a")]
    [InlineData(1, Instant, 1, "a")]
    [InlineData(3, Instant, 1, "a")]
    [InlineData(255, Instant, 1, "a")]
    [InlineData(2, -1, 1, "a")]
    [InlineData(2, long.MinValue, 1, "a")]
    [InlineData(2, Instant, 0, "a")]
    [InlineData(2, Instant, -1, "a")]
    [InlineData(2, Instant, -1, "")]
    [InlineData(2, Instant, 1, "")]
    [InlineData(2, Instant, 1, "a/b")]
    [InlineData(2, Instant, 1, "/others")]
    [InlineData(2, Instant, 0, "/other")]
    [InlineData(2, Instant, 1, "a\n")]
    [InlineData(2, Instant, 1, "a\0")]
    public void A_place_that_there_is_not_is_refused(byte version, long instant, long seen, string key) =>
        RawHitCursor.TryRead(Text(version, instant, seen, Encoding.UTF8.GetBytes(key)), out _).Should().BeFalse();

    [Fact]
    public void A_key_that_is_no_text_or_too_long_is_refused()
    {
        RawHitCursor.TryRead(Text(2, Instant, 1, [0x80]), out _).Should().BeFalse();
        RawHitCursor.TryRead(Text(2, Instant, 1, [0xed, 0xa0, 0x80]), out _).Should().BeFalse();
        foreach (var length in (int[])[129, 130, 131, 1_000_000])
            RawHitCursor.TryRead(Text(2, Instant, 1, [.. Enumerable.Repeat((byte)'x', length)]), out _).Should().BeFalse("the key has {0} bytes", length);
    }

    [Fact]
    public void A_cursor_of_version_1_is_refused()
    {
        var bytes = Text(1, Instant, 3, []);

        bytes.Should().HaveLength(23);
        RawHitCursor.TryRead(bytes, out _).Should().BeFalse();
    }

    [Fact]
    public void A_part_of_a_cursor_is_refused_or_a_place_of_a_shorter_key()
    {
        var text = RawHitCursor.Write(new RawHitPosition(Instant, HitKey.Parse("länger"), 3));
        for (var length = 0; length < text.Length; length++)
        {
            if (RawHitCursor.TryRead(text[..length], out var read))
                "länger".Should().StartWith(read.Key.ToString()).And.NotBe(read.Key.ToString());
        }
    }

    [Fact]
    public void What_decodes_to_the_same_bytes_is_refused_unless_it_is_the_text_that_was_written()
    {
        // 18 bytes are 24 characters without rest, 17 and 19 have bits to spare and room for padding.
        foreach (var key in (string[])["a", "ab", "abc"])
        {
            var text = RawHitCursor.Write(new RawHitPosition(Instant, HitKey.Parse(key), 1));
            string[] others = [text + "=", text + "==", text + " ", " " + text, text + "\n", text.Insert(5, "\r\n"), text + "A", text + "%", text + "\u00e9", text + "\0"];
            foreach (var other in others)
                RawHitCursor.TryRead(other, out _).Should().BeFalse("{0} was not written", other);
        }
        var spare = RawHitCursor.Write(new RawHitPosition(Instant, HitKey.Parse("ab"), 1));
        RawHitCursor.TryRead(spare[..^1] + (char)(spare[^1] + 1), out _).Should().BeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("=")]
    [InlineData("+/+/+/+/+/+/+/+/+/+/+/+/")]
    [InlineData("..........................")]
    public void What_is_no_cursor_is_refused(string? text) => RawHitCursor.TryRead(text, out _).Should().BeFalse();

    [Fact]
    public void Random_texts_are_refused_or_written_again_as_they_are()
    {
        var random = new Random(14);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(0, 160)];
            random.NextBytes(bytes);
            if (bytes.Length > 1)
                (bytes[0], bytes[1]) = (2, (byte)(bytes[1] & 0x7f));
            if (bytes.Length > 9)
                bytes[9] &= 0x7f;
            bytes.AsSpan(Math.Min(17, bytes.Length)).Fill((byte)random.Next(256));
            var text = Base64Url.EncodeToString(bytes);
            if (RawHitCursor.TryRead(text, out var read))
                RawHitCursor.Write(read).Should().Be(text);
        }
    }

    private static string Text(byte version, long instant, long seen, byte[] key)
    {
        var bytes = new byte[17 + key.Length];
        bytes[0] = version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), instant);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(9), seen);
        key.CopyTo(bytes, 17);
        return Base64Url.EncodeToString(bytes);
    }
}
