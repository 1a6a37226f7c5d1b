using System.Text;
using StatHub.Core.Logs;

namespace StatHub.Tests.Logs;

public sealed class NginxFormatTests
{
    private const string Combined = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\"";

    [Theory]
    [InlineData(Combined, """203.0.113.7 - jane [22/Nov/2026:01:36:17 +0000] "GET /a?b HTTP/2.0" 200 12 "-" "x \x22y\x22 \" z" """, "203.0.113.7 jane GET /a?b HTTP/2.0 200 12 x \"y\" \" z |")]
    [InlineData("$time_iso8601 $host $request_method $request_uri $server_protocol $status $bytes_sent", "2026-11-22T02:36:17+01:00 example.org GET /a?b HTTP/1.1 404 7", "  GET /a?b HTTP/1.1 404 7  |example.org")]
    [InlineData("$msec|$uri|$args|$status", "1795311377.000|/a|b=1|200", "   /a?b=1  200 0  |")]
    [InlineData("{\"t\":\"${time_iso8601}\",\"r\":\"$request\",\"s\":$status,\"up\":\"$upstream_addr\"}", """{"t":"2026-11-22T01:36:17+00:00","r":"\u0016\u0003","s":400,"up":"-"}""", "     400 0  |")]
    [InlineData("<$time_local> $request_time $status", "<22/Nov/2026:01:36:17 +0000> 0.004 204", "     204 0  |")]
    [InlineData("$remote_addr $time_local $status $bytes_sent \"$http_user_agent\"", "203.0.113.7 22/Nov/2026:01:36:17 +0000 - - \"-\"", "203.0.113.7     0 0  |")]
    public void Lines_are_read_as_nginx_writes_them(string format, string line, string expected)
    {
        LogFormat.TryParse(format, out var read, out var error).Should().BeTrue(error);

        read!.CreateParser().Read(Encoding.UTF8.GetBytes(line.TrimEnd()), out var entry).Should().Be(LogReason.None);

        entry.UnixMilliseconds.Should().Be(1_795_311_377_000);
        $"{Text(entry.Client)} {Text(entry.User)} {Text(entry.Method)} {Text(entry.Target)} {Text(entry.Protocol)} {entry.Status} {entry.Bytes} {Text(entry.UserAgent)} |{Text(entry.Host)}".Should().Be(expected);
    }

    [Theory]
    [InlineData("w3c", "It is one of auto, combined")]
    [InlineData("$remote_addr $status", "It has none of $time_local")]
    [InlineData("$time_local$status", "At character 12 a variable follows $time_local")]
    [InlineData("$time_local $", "At character 13 there is a '$'")]
    [InlineData("${time_local $status", "At character 1 there is a '$'")]
    [InlineData("$time_local $host $server_name", "At character 19 $server_name says again")]
    public void What_is_no_format_is_told(string format, string error)
    {
        LogFormat.TryParse(format, out _, out var told).Should().BeFalse();

        told.Should().StartWith(error);
    }

    [Theory]
    [InlineData("", LogReason.Blank)]
    [InlineData("203.0.113.7 - jane", LogReason.MissingField)]
    [InlineData("""203.0.113.7 - - [yesterday] "GET / HTTP/1.1" 200 1 "-" "-" """, LogReason.BadTime)]
    [InlineData("""203.0.113.7 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" ok 1 "-" "-" """, LogReason.BadStatus)]
    [InlineData("""203.0.113.7 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 -1 "-" "-" """, LogReason.BadBytes)]
    [InlineData("""203.0.113.7 - - [22/Nov/2026:01:36:17 +0000] "GET / HTTP/1.1" 200 1 "-" "open""", LogReason.BadQuotes)]
    public void Nonsense_is_refused(string line, LogReason reason)
    {
        LogFormat.TryParse(Combined, out var format, out _).Should().BeTrue();

        format!.CreateParser().Read(Encoding.UTF8.GetBytes(line), out _).Should().Be(reason);
    }

    [Fact]
    public void No_damage_makes_it_throw()
    {
        LogFormat.TryParse(Combined, out var format, out _).Should().BeTrue();
        var parser = format!.CreateParser();
        var line = Encoding.UTF8.GetBytes("""203.0.113.7 - jane [22/Nov/2026:01:36:17 +0000] "GET /a?b HTTP/2.0" 200 12 "-" "x \x22y\x22 \" z" """);
        var random = new Random(8);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = line[..random.Next(line.Length)];
            for (var n = random.Next(1, 6); n > 0 && damaged.Length > 0; n--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            parser.Read(damaged, out _);
        }
    }

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
