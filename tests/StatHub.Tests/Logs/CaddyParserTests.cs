using System.Text;
using StatHub.Core.Logs;

namespace StatHub.Tests.Logs;

public sealed class CaddyParserTests
{
    private const string Usual =
        """{"level":"info","ts":1700000000.1234,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.0.0.1","remote_port":"4","client_ip":"203.0.113.7","proto":"HTTP/2.0","method":"GET","host":"example.org","uri":"/p\u00e4ge/1?a=b","headers":{"User-Agent":["curl/8","x"],"Accept":["*/*"],"Referer":["https://a.example/"]},"tls":{"resumed":false}},"user_id":"jane","duration":0.001,"size":12,"status":200,"resp_headers":{"Server":["Caddy"]}}""";

    private readonly CaddyParser _parser = new();

    [Fact]
    public void All_fields_are_read()
    {
        _parser.Read(Encoding.UTF8.GetBytes(Usual), out var entry).Should().Be(LogReason.None);

        (entry.UnixMilliseconds, entry.Status, entry.Bytes).Should().Be((1_700_000_000_123, 200, 12));
        (Text(entry.Client), Text(entry.Host), Text(entry.User), Text(entry.Method), Text(entry.Protocol)).Should().Be(("203.0.113.7", "example.org", "jane", "GET", "HTTP/2.0"));
        (Text(entry.Target), Text(entry.Section), Text(entry.Request)).Should().Be(("/päge/1?a=b", "/päge", "GET /päge/1?a=b HTTP/2.0"));
        (Text(entry.UserAgent), Text(entry.Referrer)).Should().Be(("curl/8", "https://a.example/"));
    }

    [Theory]
    [InlineData("", LogReason.Blank)]
    [InlineData("[]", LogReason.BadJson)]
    [InlineData("""{"ts":1,"status":200""", LogReason.BadJson)]
    [InlineData("""{"ts":1,"status":200}""", LogReason.MissingField)]
    [InlineData("""{"ts":"yesterday","request":{"remote_ip":"a"},"status":200}""", LogReason.BadTime)]
    [InlineData("""{"ts":"2026/11/22 01:36:17","request":{"remote_ip":"a"},"status":200}""", LogReason.BadTime)]
    [InlineData("""{"ts":1e300,"request":{"remote_ip":"a"},"status":200}""", LogReason.BadTime)]
    [InlineData("""{"ts":1,"request":{"remote_ip":"a"},"status":"OK"}""", LogReason.BadStatus)]
    [InlineData("""{"ts":1,"request":{"remote_ip":"a"},"status":200,"size":-1}""", LogReason.BadBytes)]
    [InlineData("""{"ts":1,"request":{"remote_ip":"\ud800"},"status":200}""", LogReason.BadJson)]
    [InlineData("""{"ts":1,"request":{"remote_ip":"a"},"status":200} x""", LogReason.BadJson)]
    public void What_is_no_entry_is_refused(string line, LogReason reason) => _parser.Read(Encoding.UTF8.GetBytes(line), out _).Should().Be(reason);

    [Theory]
    [InlineData("\"2026-11-22T01:36:17.5+05:30\"")]
    [InlineData("\"2026-11-22T01:36:17.500+0530\"")]
    [InlineData("\"2026-11-21T20:06:17.500000000Z\"")]
    [InlineData("1795291577.5")]
    [InlineData("1795291577500.123")]
    [InlineData("1795291577500000000")]
    public void Times_are_what_the_time_format_of_caddy_makes_of_them(string time)
    {
        _parser.Read(Encoding.UTF8.GetBytes($$"""{"ts":{{time}},"request":{"remote_ip":"a"},"status":200}"""), out var entry).Should().Be(LogReason.None);

        entry.UnixMilliseconds.Should().Be(new DateTimeOffset(2026, 11, 21, 20, 6, 17, 500, TimeSpan.Zero).ToUnixTimeMilliseconds());
    }

    [Fact]
    public void The_time_of_the_common_log_format_is_read_too()
    {
        _parser.Read("""{"ts":"22/Nov/2026:01:36:17 +0530","request":{"remote_ip":"a"},"status":200}"""u8, out var entry).Should().Be(LogReason.None);

        entry.UnixMilliseconds.Should().Be(new DateTimeOffset(2026, 11, 21, 20, 6, 17, TimeSpan.Zero).ToUnixTimeMilliseconds());
    }

    [Fact]
    public void No_prefix_and_no_damage_makes_it_throw()
    {
        var line = Encoding.UTF8.GetBytes(Usual);
        var random = new Random(6);
        for (var length = 0; length < line.Length; length++)
            _parser.Read(line.AsSpan(0, length), out _).Should().NotBe(LogReason.None);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = line.ToArray();
            for (var n = random.Next(1, 6); n > 0; n--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            _parser.Read(damaged, out _);
        }
    }

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
