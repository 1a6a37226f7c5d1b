using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions.Referrers;
using HostName = StatHub.Core.Dimensions.Referrers.HostName;

namespace StatHub.Tests.Dimensions;

public class ReferrerTests
{
    private static Referrer? Read(string address, HostSet? spam = null) =>
        Referrer.TryRead(Encoding.UTF8.GetBytes(address), spam ?? HostSet.None, out var referrer) ? referrer : null;

    private static string Text(ReadOnlyMemory<byte>? bytes) => Encoding.UTF8.GetString((bytes ?? default).Span);

    [Theory]
    [InlineData("https://example.org/", "example.org", "example.org")]
    [InlineData("https://www.Example.ORG:8443/A/b?q=secret#part", "example.org", "example.org/A/b")]
    [InlineData("http://name:password@example.org/x", "example.org", "example.org/x")]
    [InlineData("https://xn--bcher-kva.example/ü", "xn--bcher-kva.example", "xn--bcher-kva.example/ü")]
    [InlineData("https://example.org.", "example.org", "example.org")]
    [InlineData("HTTP://EXAMPLE.ORG?x", "example.org", "example.org")]
    [InlineData("https://www.com/", "www.com", "www.com")]
    [InlineData("http://192.0.2.1:80/a", "192.0.2.1", "192.0.2.1/a")]
    [InlineData("http://localhost:3000/a", "localhost", "localhost/a")]
    [InlineData("android-app://com.google.android.gm/", "com.google.android.gm", "com.google.android.gm")]
    [InlineData(" https://example.org/a ", "example.org", "example.org/a")]
    [InlineData("https://example.org\\evil/a", "example.org", "example.org")]
    public void A_web_address_has_a_host_and_a_path(string address, string host, string path)
    {
        Text(Read(address)?.Host).Should().Be(host);
        Text(Read(address)?.Path).Should().Be(path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("example.org")]
    [InlineData("/a/b")]
    [InlineData("about:blank")]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("data:text/html,x")]
    [InlineData("chrome-extension://abcdef/x")]
    [InlineData("https://")]
    [InlineData("https:///a")]
    [InlineData("https://a..b/")]
    [InlineData("https://.a/")]
    [InlineData("https://ex ample.org/")]
    [InlineData("https://<script>/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://büro.example/")]
    public void Anything_else_is_no_referrer(string address) => Read(address).Should().BeNull();

    [Fact]
    public void Host_and_path_have_at_most_255_bytes()
    {
        Read("https://example.org/" + new string('ä', 500))!.Path.Length.Should().BeInRange(254, 255);
        Read("https://" + string.Join('.', Enumerable.Repeat("abcdefghi", 25)) + ".xyz/").Should().NotBeNull();
        Read("https://" + string.Join('.', Enumerable.Repeat("abcdefghi", 26)) + "/").Should().BeNull();
    }

    [Theory]
    [InlineData("https://www.google.com/", "Google")]
    [InlineData("https://google.co.uk/", "Google")]
    [InlineData("https://www.google.com.br/search", "Google")]
    [InlineData("https://google.de/", "Google")]
    [InlineData("android-app://com.google.android.googlequicksearchbox/", "Google")]
    [InlineData("https://news.google.com/", "Google News")]
    [InlineData("https://mail.google.com/", "Gmail")]
    [InlineData("https://gemini.google.com/", "Gemini")]
    [InlineData("https://google.evil.example/", "google.evil.example")]
    [InlineData("https://notgoogle.com/", "notgoogle.com")]
    [InlineData("https://l.facebook.com/l.php?u=x", "Facebook")]
    [InlineData("https://lm.facebook.com/", "Facebook")]
    [InlineData("https://m.facebook.com/", "Facebook")]
    [InlineData("https://t.co/abc", "X")]
    [InlineData("https://out.reddit.com/", "Reddit")]
    [InlineData("https://lnkd.in/x", "LinkedIn")]
    [InlineData("https://news.ycombinator.com/item?id=1", "Hacker News")]
    [InlineData("https://chatgpt.com/", "ChatGPT")]
    [InlineData("https://www.perplexity.ai/", "Perplexity")]
    [InlineData("https://copilot.microsoft.com/", "Copilot")]
    [InlineData("https://uk.search.yahoo.com/", "Yahoo")]
    [InlineData("https://mail.yahoo.com/", "Yahoo Mail")]
    [InlineData("https://yandex.com.tr/", "Yandex")]
    [InlineData("https://search.brave.com/", "Brave Search")]
    [InlineData("https://fosstodon.org/@a", "Mastodon")]
    [InlineData("https://blog.example/", "blog.example")]
    public void Hosts_of_one_owner_are_one_source(string address, string source) => Text(Read(address)?.Source).Should().Be(source);

    [Theory]
    [InlineData("https://spam.example/", false)]
    [InlineData("https://very.spam.example/x", false)]
    [InlineData("https://www.spam.example/", false)]
    [InlineData("https://notspam.example/", true)]
    [InlineData("https://example/", true)]
    public void Spam_and_all_below_it_is_no_referrer(string address, bool isReferrer) =>
        (Read(address, new HostSet(["Spam.example", " ", "not a host"])) is not null).Should().Be(isReferrer);

    [Fact]
    public void A_list_of_hosts_has_comments_and_international_names()
    {
        HostSet.TryRead(["# spam of May", "", "Spam.example # seen twice", "  www.other.example  ", "пример.рф", "192.0.2.1"], out var hosts, out var mistakes)
            .Should().BeTrue();

        mistakes.Should().BeEmpty();
        hosts.Count.Should().Be(4);
        foreach (var host in (string[])["spam.example", "x.other.example", "xn--e1afmkfd.xn--p1ai", "192.0.2.1"])
            hosts.Contains(Encoding.ASCII.GetBytes(host)).Should().BeTrue(host);
        hosts.Contains("example"u8).Should().BeFalse();
    }

    [Theory]
    [InlineData("https://spam.example/")]
    [InlineData("spam.example/path")]
    [InlineData("spam example")]
    [InlineData("spam..example")]
    [InlineData("*.spam.example")]
    [InlineData("com")]
    [InlineData("com.")]
    [InlineData("\u0000\u00ff\u0001.x")]
    public void A_wrong_line_of_a_list_is_told_with_its_number(string wrong)
    {
        HostSet.TryRead(["good.example", wrong, "better.example"], out var hosts, out var mistakes).Should().BeFalse();

        mistakes.Should().ContainSingle().Which.Should().StartWith("line 2: '");
        hosts.Count.Should().Be(0);
    }

    [Theory]
    [InlineData("example.org", "example.org", true)]
    [InlineData("example.org", "WWW.Example.org:8080", true)]
    [InlineData("example.org", "stats.example.org", false)]
    [InlineData("example.org", "", false)]
    public void A_host_is_compared_without_case_port_and_www(string host, string header, bool same) =>
        HostName.Is(Encoding.ASCII.GetBytes(host), Encoding.ASCII.GetBytes(header)).Should().Be(same);

    [Fact]
    public void No_bytes_make_it_throw_and_all_values_are_clean()
    {
        var bytes =
            from scheme in Gen.Elements("https://", "http://a.b/", "android-app://", "https://www.", "")
            from junk in ArbMap.Default.GeneratorFor<byte[]>()
            select (byte[])[.. Encoding.ASCII.GetBytes(scheme), .. junk];

        Prop.ForAll(bytes.ToArbitrary(), address =>
            !Referrer.TryRead(address, HostSet.None, out var referrer)
            || (DimensionTextTests.IsValue(referrer.Host.Span) && DimensionTextTests.IsValue(referrer.Path.Span) && DimensionTextTests.IsValue(referrer.Source.Span)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }
}
