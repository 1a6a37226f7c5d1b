using System.Text;
using StatHub.Core.Logs;

namespace StatHub.Tests.Logs;

public sealed class CombinedParserTests
{
    private const string Usual =
        """203.0.113.7 - jane [22/Nov/2026:01:36:17 +0530] "GET /pages/create?x=1 HTTP/2.0" 201 4711 "https://example.org/a" "Mozilla/5.0 (X11)" """;

    [Fact]
    public void All_fields_are_read()
    {
        var reason = Read(Usual, out var read);

        reason.Should().Be(LogReason.None);
        read.Should().Be(new Entry(
            DateTimeOffset.Parse("2026-11-22T01:36:17+05:30", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), "203.0.113.7", "", "jane", "GET", "/pages/create?x=1",
            "HTTP/2.0", 201, 4711, "https://example.org/a", "Mozilla/5.0 (X11)", "/pages", "/pages/create"));
    }

    [Theory]
    [InlineData("""2001:db8::7 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 12""", "2001:db8::7 GET / HTTP/1.1 200 12 / |")]
    [InlineData("""[2001:db8::7] - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 304 -""", "[2001:db8::7] GET / HTTP/1.1 304 0 / |")]
    [InlineData("""fe80::1%eth0 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/3.0" 200 0 "-" "-" """, "fe80::1%eth0 GET / HTTP/3.0 200 0 / |")]
    [InlineData("""client.example.org - john doe [22/Nov/2026:01:36:17 +0000] "GET /a/b/c HTTP/1.1" 200 12""", "client.example.org GET /a/b/c HTTP/1.1 200 12 /a |")]
    [InlineData("""10.0.0.1 - a [b] c [22/Nov/2026:01:36:17 +0000] "GET /a/b HTTP/1.1" 401 12""", "10.0.0.1 GET /a/b HTTP/1.1 401 12 /a |")]
    [InlineData("""10.0.0.1 - [01/Jan/2020:00:00:00 +0000] \x22GET [22/Nov/2026:01:36:17 +0000] "GET /a HTTP/1.1" 401 12""", "10.0.0.1 GET /a HTTP/1.1 401 12 /a |")]
    [InlineData("""10.0.0.1 - "" [22/Nov/2026:01:36:17 +0000] "PROPFIND /dav HTTP/1.1" 207 12""", "10.0.0.1 PROPFIND /dav HTTP/1.1 207 12 /dav |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "-" 408 0 "-" "-" """, "10.0.0.1    408 0  |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "" 400 0 "-" "-" """, "10.0.0.1    400 0  |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "\x16\x03\x01\x02" 400 157 "-" "-" """, "10.0.0.1    400 157  |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET /" 200 5""", "10.0.0.1 GET /  200 5 / |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET /with space/x HTTP/1.1" 200 5""", "10.0.0.1 GET /with space/x HTTP/1.1 200 5 /with space |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET http://example.org/x/y?z HTTP/1.1" 200 5""", "10.0.0.1 GET http://example.org/x/y?z HTTP/1.1 200 5 /x |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET http://example.org HTTP/1.1" 200 5""", "10.0.0.1 GET http://example.org HTTP/1.1 200 5 / |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "CONNECT example.org:443 HTTP/1.1" 400 5""", "10.0.0.1 CONNECT example.org:443 HTTP/1.1 400 5 example.org:443 |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "OPTIONS * HTTP/1.1" 200 -""", "10.0.0.1 OPTIONS * HTTP/1.1 200 0 * |")]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 000 0 "-" "a \"quoted\" \\ \x22agent\x22" """, """10.0.0.1 GET / HTTP/1.1 0 0 / |a "quoted" \ "agent" """)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 5 "-" "agent" 0.004 "more" """, "10.0.0.1 GET / HTTP/1.1 200 5 / |agent")]
    [InlineData("10.0.0.1 - - [22/Nov/2026:01:36:60 -0330] \"GET / HTTP/1.1\" 200 5\r", "10.0.0.1 GET / HTTP/1.1 200 5 / |")]
    public void What_real_servers_write_is_read(string line, string expected)
    {
        Read(line, out var read).Should().Be(LogReason.None);

        $"{read.Client} {read.Method} {read.Target} {read.Protocol} {read.Status} {read.Bytes} {read.Section} |{read.UserAgent}".TrimEnd().Should().Be(expected.TrimEnd());
    }

    [Theory]
    [InlineData("", LogReason.Blank)]
    [InlineData(" \t", LogReason.Blank)]
    [InlineData("hello", LogReason.MissingField)]
    [InlineData("10.0.0.1 - -", LogReason.MissingField)]
    [InlineData("""{"ts":1}""", LogReason.MissingField)]
    [InlineData("""<html> - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 5""", LogReason.BadClient)]
    [InlineData("bad\u0001client - - [22/Nov/2026:01:36:17 +0000] \"GET / HTTP/1.1\" 200 5", LogReason.BadClient)]
    [InlineData("""[red]x[/] - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 5""", LogReason.BadClient)]
    [InlineData("""[2001:db8::7 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 5""", LogReason.BadClient)]
    [InlineData("""10.0.0.1 - - [31/Feb/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 5""", LogReason.BadTime)]
    [InlineData("""10.0.0.1 - - [22/nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 5""", LogReason.BadTime)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:24:00:00 +0000] "GET / HTTP/1.1" 200 5""", LogReason.BadTime)]
    [InlineData("""10.0.0.1 - - [2026-11-22T01:36:17Z] "GET / HTTP/1.1" 200 5""", LogReason.BadTime)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1 200 5""", LogReason.BadQuotes)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] GET / HTTP/1.1 200 5""", LogReason.BadQuotes)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 2000 5""", LogReason.BadStatus)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" OK 5""", LogReason.BadStatus)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 five""", LogReason.BadBytes)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200""", LogReason.MissingField)]
    [InlineData("""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 5 "ref""", LogReason.BadQuotes)]
    public void Nonsense_is_refused(string line, LogReason reason) => Read(line, out _).Should().Be(reason);

    [Fact]
    public void A_virtual_host_stands_before_it()
    {
        foreach (var (host, expected) in ((string, string)[])[("shop.example.org:443", "shop.example.org"), ("shop.example.org", "shop.example.org"), ("[2001:db8::1]:80", "[2001:db8::1]"), ("[2001:db8::1]", "[2001:db8::1]")])
        {
            Read($"{host} {Usual}", out var read, hasHost: true).Should().Be(LogReason.None);
            (read.Host, read.Client).Should().Be((expected, "203.0.113.7"));
        }
    }

    [Fact]
    public void No_prefix_and_no_damage_makes_it_throw()
    {
        var line = Encoding.UTF8.GetBytes(Usual);
        var random = new Random(5);
        for (var length = 0; length <= line.Length; length++)
            new CombinedParser(hasHost: false).Read(line.AsSpan(0, length), out _);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = line.ToArray();
            for (var n = random.Next(1, 6); n > 0; n--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            new CombinedParser(hasHost: i % 2 == 0).Read(damaged, out _);
        }
        new CombinedParser(hasHost: false).Read(new byte[200_000], out _).Should().Be(LogReason.TooLong);
    }

    [Fact]
    public void An_address_of_64_kilobytes_is_read()
    {
        Read($"""10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "GET /{new string('x', 65_536)} HTTP/1.1" 414 5""", out var read).Should().Be(LogReason.None);

        read.Target.Length.Should().Be(65_537);
    }

    private static LogReason Read(string line, out Entry read, bool hasHost = false)
    {
        var reason = new CombinedParser(hasHost).Read(Encoding.UTF8.GetBytes(line), out var entry);
        read = Entry.Of(entry);
        return reason;
    }

    private sealed record Entry(
        long At, string Client, string Host, string User, string Method, string Target, string Protocol, int Status, long Bytes, string Referrer, string UserAgent, string Section, string Path)
    {
        public static Entry Of(in LogEntry entry) => new(
            entry.UnixMilliseconds, Text(entry.Client), Text(entry.Host), Text(entry.User), Text(entry.Method), Text(entry.Target), Text(entry.Protocol), entry.Status, entry.Bytes,
            Text(entry.Referrer), Text(entry.UserAgent), Text(entry.Section), Text(entry.Path));

        private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
    }
}
