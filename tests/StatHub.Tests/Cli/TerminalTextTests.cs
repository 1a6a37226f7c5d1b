using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Cli.Output;
using StatHub.Contracts.Json;

namespace StatHub.Tests.Cli;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain ü 日本 🙂", "plain ü 日本 🙂")]
    [InlineData("\x1b]0;x\a", @"\x1b]0;x\x07")]
    [InlineData("a\r\nb\tc", @"a\x0d\x0ab\x09c")]
    [InlineData("\u0085\u009b", @"\x85\x9b")]
    [InlineData("\u2066\u200f\ufeff", @"\u2066\u200f\ufeff")]
    public void What_would_control_a_terminal_is_shown(string text, string shown) => TerminalText.Of(text).Should().Be(shown);

    [Fact]
    public void Half_a_character_is_shown() => TerminalText.Of("half \ud800 pair").Should().Be(@"half \ud800 pair");

    [Theory]
    [InlineData("a\r\nb\tc\n", "a\r\nb\tc\n")]
    [InlineData("hidden\rshown\n", "hidden\\x0dshown\n")]
    [InlineData("end\r", "end\\x0d")]
    public void Of_lines_only_ends_and_tabs_stay(string text, string shown) => TerminalText.OfLines(text).Should().Be(shown);

    [Fact]
    public void No_text_leaves_a_control_character() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(), text => !TerminalText.Of(text ?? "").Any(char.IsControl)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("ü\u009b日\r\n🙂\rx\r\n")]
    [InlineData("\r\n\r\n")]
    public void A_stream_shows_the_same_whatever_its_blocks(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var size = 1; size <= bytes.Length; size++)
        {
            using var shown = new MemoryStream();
            using var terminal = new TerminalStream(shown);
            foreach (var block in bytes.Chunk(size))
                terminal.Write(block);
            Encoding.UTF8.GetString(shown.ToArray()).Should().Be(TerminalText.OfLines(text), $"blocks have {size} bytes");
        }
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("999", "999")]
    [InlineData("-1000", "-1,000")]
    [InlineData("-100", "-100")]
    [InlineData("1234567.123456", "1,234,567.123456")]
    [InlineData("123456789012345678901234567890.5", "123,456,789,012,345,678,901,234,567,890.5")]
    public void Exact_numbers_keep_every_digit(string number, string shown) => Figures.Of(ExactNumber.Parse(number)).Should().Be(shown);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_999, "1.0 MB")]
    [InlineData(5_200_000_000, "5.2 GB")]
    public void Sizes_are_short(long bytes, string shown) => Figures.Bytes(bytes).Should().Be(shown);

    [Theory]
    [InlineData(0, 10, "")]
    [InlineData(10, 10, "████")]
    [InlineData(5, 10, "██")]
    [InlineData(1, 1_000_000, "▏")]
    [InlineData(long.MaxValue, long.MaxValue, "████")]
    public void A_bar_is_as_long_as_its_number(long number, long largest, string bar) => Bar.Of(number, largest, 4).Should().Be(bar);
}
