using StatHub.Core.Dimensions.Clients;

namespace StatHub.Tests.Dimensions;

public class RequiredLiteralsTests
{
    [Theory]
    [InlineData("Googlebot", "googlebot")]
    [InlineData(@"Googlebot\/", "googlebot/")]
    [InlineData("(Foo|Barbaz)/(\\d+)", "foo/,barbaz/")]
    [InlineData("[wW]get", "wget")]
    [InlineData("colou?r-x", "colour-x,color-x")]
    [InlineData("ab+cde", "cde")]
    [InlineData("abc.*de", "abc")]
    [InlineData("^(.{0,200})/(\\d+) CFNetwork", " cfnetwork")]
    [InlineData("(?:Kindle|)(?: the |)Spider", "kindle the spider,kindlespider, the spider,spider")]
    [InlineData("(Linux)(?:[ /](\\d+)|)", "linux")]
    [InlineData("a{2,3}bcd", "bcd")]
    [InlineData("x[0-9]yzw", "yzw")]
    public void At_least_one_is_in_everything_that_matches(string pattern, string literals) =>
        RequiredLiterals.Of(pattern).Should().BeEquivalentTo(literals.Split(','));

    [Theory]
    [InlineData(@"\d+")]
    [InlineData("(?:a|)")]
    [InlineData("abc|")]
    [InlineData("abc|.")]
    [InlineData("(?=abc)abc")]
    [InlineData(@"\x41bc")]
    [InlineData("a*")]
    public void Nothing_is_required_where_nothing_is_known(string pattern) => RequiredLiterals.Of(pattern).Should().BeNull();
}
