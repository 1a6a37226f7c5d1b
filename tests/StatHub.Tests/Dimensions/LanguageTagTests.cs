using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions;

namespace StatHub.Tests.Dimensions;

public class LanguageTagTests
{
    private static string Read(string header)
    {
        var target = new byte[LanguageTag.MaxBytes];
        return LanguageTag.TryRead(Encoding.UTF8.GetBytes(header), target, out var length) ? Encoding.ASCII.GetString(target, 0, length) : "";
    }

    [Theory]
    [InlineData("en-US,en;q=0.9", "en-US")]
    [InlineData("en", "en")]
    [InlineData("DE-de", "de-DE")]
    [InlineData(" fr-CH ; q=0.8", "fr-CH")]
    [InlineData("zh-Hant-TW", "zh-TW")]
    [InlineData("zh-cmn-Hans-CN", "zh-CN")]
    [InlineData("zh-Hans", "zh")]
    [InlineData("es-419,es", "es-419")]
    [InlineData("pt_BR", "pt-BR")]
    [InlineData("sl-rozaj-biske", "sl")]
    [InlineData("de-1996", "de")]
    [InlineData("fil-PH", "fil-PH")]
    public void The_first_language_is_taken_with_its_region(string header, string tag) => Read(header).Should().Be(tag);

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("e")]
    [InlineData("english")]
    [InlineData("i-klingon")]
    [InlineData("x-private")]
    [InlineData("12-US")]
    [InlineData("<script>")]
    [InlineData(",en")]
    public void What_is_no_language_is_none(string header) => Read(header).Should().BeEmpty();

    [Fact]
    public void A_tag_has_a_language_and_perhaps_a_region()
    {
        Encoding.ASCII.GetString(LanguageTag.Primary("en-US"u8)).Should().Be("en");
        Encoding.ASCII.GetString(LanguageTag.Region("en-US"u8)).Should().Be("US");
        LanguageTag.Region("en"u8).IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Whatever_the_bytes_are_a_tag_is_short_and_of_letters_and_digits() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), header =>
        {
            var target = new byte[LanguageTag.MaxBytes];
            return !LanguageTag.TryRead([.. "de-"u8, .. header], target, out var length)
                || Encoding.ASCII.GetString(target, 0, length).All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
}
