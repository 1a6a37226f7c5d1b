using System.Text;
using StatHub.Core.Logs;

namespace StatHub.Tests.Logs;

public sealed class LogFormatTests
{
    private const string Common = "10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] \"GET / HTTP/1.1\" 200 5\n";
    private const string Combined = "10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n";

    [Theory]
    [InlineData(Common, "combined")]
    [InlineData(Combined, "combined")]
    [InlineData("garbage\n" + Combined, "combined")]
    [InlineData("shop.example.org:80 " + Combined, "vhost_combined")]
    [InlineData("shop.example.org:80 2001:db8::1 - - [22/Nov/2026:01:36:17 +0000] \"GET / HTTP/1.1\" 200 5\n", "vhost_combined")]
    [InlineData("localhost:80 client - - [22/Nov/2026:01:36:17 +0000] \"-\" 408 -\n- - - [22/Nov/2026:01:36:17 +0000] \"-\" 408 -\nlocalhost:80 ::1 - - [22/Nov/2026:01:36:17 +0000] \"OPTIONS * HTTP/1.0\" 200 5\n", "vhost_combined")]
    [InlineData("[2001:db8::1]:80 2001:db8::7 - - [22/Nov/2026:01:36:17 +0000] \"GET / HTTP/1.1\" 200 5\nlocalhost:80 client - - [22/Nov/2026:01:36:17 +0000] \"-\" 408 -\n", "vhost_combined")]
    [InlineData("2001:db8::7 - jane doe [22/Nov/2026:01:36:17 +0000] \"GET / HTTP/1.1\" 200 5\n", "combined")]
    [InlineData("2001:db8::7 ident jane doe [22/Nov/2026:01:36:17 +0000] \"GET / HTTP/1.1\" 200 5\n", "combined")]
    [InlineData("10.0.0.1 - jane doe [22/Nov/2026:01:36:17 +0000] \"GET / HTTP/1.1\" 200 5\n", "combined")]
    [InlineData("""{"ts":1.5,"request":{"remote_ip":"a"},"status":200}""", "caddy")]
    [InlineData("""{"tenant":"demo","key":"home","msec":1790000000.000,"status":200}""", "stathub")]
    [InlineData("hello\nworld\n", null)]
    [InlineData("", null)]
    public void A_format_is_recognised_by_the_first_lines(string log, string? format) =>
        LogFormat.Recognise(Encoding.UTF8.GetBytes(log))?.Name.Should().Be(format);
}
