using System.Text;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions;

namespace StatHub.Tests.Dimensions;

public class DimensionTextTests
{
    /// <summary>What every value of every dimension has to be.</summary>
    internal static bool IsValue(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= DimensionText.MaxBytes && Utf8.IsValid(value) && !Encoding.UTF8.GetString(value).Any(char.IsControl);

    private static byte[] Clean(byte[] text) => DimensionText.Clean(text, new byte[DimensionText.MaxBytes]).ToArray();

    private static string Clean(string text) => Encoding.UTF8.GetString(Clean(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  spaces around  ", "spaces around")]
    [InlineData("ü\u0000b\u0085e\u007fr\r\n", "über")]
    [InlineData("\u00a0ä\u00a0", "ä")]
    [InlineData("a\u2028b", "ab")]
    [InlineData("👩‍👩‍👧", "👩‍👩‍👧")]
    [InlineData("\u0001 \t", "")]
    [InlineData("", "")]
    public void Control_characters_are_left_out_and_space_is_trimmed(string text, string clean) => Clean(text).Should().Be(clean);

    [Fact]
    public void What_is_not_utf8_is_left_out() => Clean([(byte)'a', 0xff, (byte)'b', 0xc3]).Should().Equal("ab"u8.ToArray());

    [Theory]
    [InlineData("a", 255)]
    [InlineData("ä", 254)]
    [InlineData("€", 255)]
    [InlineData("😀", 252)]
    public void It_is_cut_behind_a_whole_character(string character, int bytes) =>
        Encoding.UTF8.GetByteCount(Clean(string.Concat(Enumerable.Repeat(character, 300)))).Should().Be(bytes);

    [Fact]
    public void Whatever_the_bytes_are_they_become_a_value_or_nothing_and_stay_so() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), text =>
        {
            var clean = Clean([.. text, .. text, .. text]);
            return (clean.Length == 0 || IsValue(clean)) && Clean(clean).AsSpan().SequenceEqual(clean);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
}
