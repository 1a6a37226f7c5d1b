using System.Buffers;
using System.Text;
using StatHub.Core.Logs;
using StatHub.Core.Tenants;

namespace StatHub.Tests.Logs;

public sealed class StatHubParserTests
{
    private const string Line =
        """{"tenant":"demo","key":"home","msec":1790000000.123,"time_iso8601":"2026-09-21T14:13:20+00:00","request":"GET /p/demo/home?tv=2 HTTP/1.1","status":204,"args":"tv=2","remote_addr":"203.0.113.7","http_referer":"","http_user_agent":"a \"b\" c","http_host":"x.example"}""";

    [Fact]
    public void A_journal_line_says_what_an_access_log_does()
    {
        new StatHubParser().Read(Encoding.UTF8.GetBytes(Line + "\r"), out var entry).Should().Be(LogReason.None);

        (entry.UnixMilliseconds, entry.Status, entry.Bytes).Should().Be((1790000000123, 204, 0));
        string[] texts = [Text(entry.Client), Text(entry.Method), Text(entry.Section), Text(entry.UserAgent), Text(entry.Host), Text(entry.Referrer), Text(entry.HitTenant)];
        texts.Should().Equal("203.0.113.7", "GET", "/p", "a \"b\" c", "x.example", "", "demo");
    }

    [Theory]
    [InlineData("demo", LogReason.None)]
    [InlineData("other", LogReason.OtherTenant)]
    [InlineData("dem", LogReason.OtherTenant)]
    public void Lines_of_the_tenant_go_into_the_journal_as_they_are(string tenant, LogReason reason)
    {
        var converter = new LogConverter(new StatHubParser(), new LogLine(TenantId.Parse(tenant), "stathub", LogFormat.StatHub.UsualRule), DateTimeOffset.MaxValue);
        var journal = new ArrayBufferWriter<byte>();

        converter.Add(Encoding.UTF8.GetBytes(Line + "\n"), journal);

        Encoding.UTF8.GetString(journal.WrittenSpan).Should().Be(reason == LogReason.None ? Line + "\n" : $"{{\"tenant\":\"{tenant}\",\"log\":\"stathub\",\"refused\":\"other_tenant\",\"line\":1}}\n");
        converter.Report.Entries.Should().Be(reason == LogReason.None ? 1 : 0);
    }

    [Theory]
    [InlineData("", LogReason.Blank)]
    [InlineData("{}", LogReason.BadJson)]
    [InlineData("""{"key":"home","tenant":"demo","msec":1790000000.123}""", LogReason.BadJson)]
    [InlineData("""{"tenant":"demo","key":"home","msec":1790000000.123""", LogReason.BadJson)]
    [InlineData("""{"tenant":"demo","a":{"tenant":"other","key":"x","msec":1790000000.123},"key":"home","msec":1790000000.123}""", LogReason.BadJson)]
    [InlineData("""{"tenant":"demo","key":"home"}""", LogReason.BadTime)]
    [InlineData("""{"tenant":"demo","key":"home","msec":1790000000.123,"status":"2000"}""", LogReason.BadStatus)]
    public void What_is_no_journal_line_is_told(string line, LogReason reason) => new StatHubParser().Read(Encoding.UTF8.GetBytes(line), out _).Should().Be(reason);

    [Fact]
    public void Every_prefix_of_a_line_has_one_outcome()
    {
        var (parser, bytes) = (new StatHubParser(), Encoding.UTF8.GetBytes(Line));
        for (var length = 0; length < bytes.Length; length++)
            parser.Read(bytes.AsSpan(0, length), out _).Should().Be(length == 0 ? LogReason.Blank : LogReason.BadJson);
    }

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
