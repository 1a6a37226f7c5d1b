using System.Text;
using StatHub.Core.Logs;

namespace StatHub.Tests.Logs;

public sealed class KeyRuleTests
{
    [Theory]
    [InlineData("{section}", "/pages/create?x=1", "pages")]
    [InlineData("{section}", "/", "(root)")]
    [InlineData("{section}", "/?a", "(root)")]
    [InlineData("{section}", "", "(none)")]
    [InlineData("{section}", "*", "*")]
    [InlineData("{path}", "/a/b%2Fc/d%C3%A9", "a_b_c_dé")]
    [InlineData("{path}", "/a%00b", "a_b")]
    [InlineData("site", "/pages", "site")]
    [InlineData("{method} {section} {status}", "/pages/x", "GET pages 404")]
    [InlineData("{host}", "/pages", "example.org")]
    [InlineData("~^/blog/\\d{4}/(?<key>[^/]+)", "/blog/2026/hello%20world/x?a", "hello world")]
    [InlineData("~^/(?<key>.*)", "/a/b", "a_b")]
    [InlineData("~^/blog/(?<key>\\d+)", "/pages", "(other)")]
    [InlineData("~/(?<key>x?)$", "/pages/", "(other)")]
    [InlineData("~(?<key>^/.)(a+)+b", "/saaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(other)")]
    public void A_key_is_made_of_a_line(string text, string target, string key) => Key(text, target).Should().Be(key);

    [Fact]
    public void A_long_part_of_a_path_is_cut_to_a_key() => Encoding.UTF8.GetByteCount(Key("~(?<key>é+)", "/" + new string('é', 1000))).Should().Be(128);

    [Fact]
    public void A_long_path_is_cut_to_a_key() => Encoding.UTF8.GetByteCount(Key("{path}", "/" + new string('é', 1000))).Should().Be(128);

    [Theory]
    [InlineData("", "1 to 128")]
    [InlineData("a/b", "'/'")]
    [InlineData("a{b}", "At character 2")]
    [InlineData("{section", "At character 1")]
    [InlineData("section}", "'}'")]
    [InlineData("~^/(.*)", "no group (?<key>")]
    [InlineData("~(?<key>[", "no regular expression")]
    [InlineData("~(?<key>a)(?!b)", "too much")]
    [InlineData("~(?<key>(a{999}){999})", "too much")]
    public void What_is_no_rule_is_told(string text, string error)
    {
        KeyRule.TryParse(text, out _, out var told).Should().BeFalse();

        told.Should().Contain(error);
    }

    private static string Key(string text, string target)
    {
        KeyRule.TryParse(text, out var rule, out _).Should().BeTrue();
        var entry = new LogEntry { Target = Encoding.UTF8.GetBytes(target), Method = "GET"u8, Host = "example.org"u8, Status = 404 };
        Span<byte> key = stackalloc byte[128];
        return Encoding.UTF8.GetString(key[..rule!.Write(entry, key)]);
    }
}
