using System.Buffers;
using System.Text;
using StatHub.Core.Journal;
using StatHub.Core.Logs;
using StatHub.Core.Tenants;

namespace StatHub.Tests.Logs;

public sealed class LogConverterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Lines =
    [
        """203.0.113.7 - jane [22/Nov/2026:01:36:17 +0530] "GET /pages/create?utm_source=a%20b&tv=x HTTP/2.0" 404 4711 "https://example.org/a\"b" "Mozilla \\ 5.0" """,
        "",
        "nonsense",
        """10.0.0.1 - - [22/Nov/2026:01:36:17 +0000] "\x16\x03\x01" 400 0 "-" "-" """,
        """10.0.0.1 - - [bad] "GET / HTTP/1.1" 200 5""",
        """::1 - - [22/Nov/2026:01:36:18 +0000] "GET / HTTP/1.1" 200 5""",
    ];

    [Fact]
    public void Every_line_has_one_outcome_however_it_comes_in_blocks()
    {
        var log = Encoding.UTF8.GetBytes(string.Join("\n", Lines));
        var whole = Convert(log, log.Length, out var report);

        (report.Lines, report.Entries, report.Bytes).Should().Be((5, 3, 4716));
        report.Refused.Should().Equal((LogReason.MissingField, 1), (LogReason.BadTime, 1));
        report.Samples.Select(sample => sample.Number).Should().Equal(3, 5);
        for (var block = 1; block < 300; block++)
            Convert(log, block, out _).Should().Equal(whole);
    }

    [Fact]
    public void A_journal_line_says_what_the_line_said()
    {
        var journal = Encoding.UTF8.GetString(Convert(Encoding.UTF8.GetBytes(string.Join("\n", Lines)), 4096, out _)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var now = Now.ToUnixTimeMilliseconds();
        var parser = new HitParser();
        var outcomes = new List<(RejectReason, string, long, long)>();
        foreach (var line in journal.Select(Encoding.UTF8.GetBytes))
        {
            var reason = parser.Read(line, JournalFileName.LiveFile, now, out var hit);
            outcomes.Add((reason, Encoding.UTF8.GetString(hit.Key), hit.UnixMilliseconds, hit.Millionths));
        }

        outcomes.Should().Equal(
            (RejectReason.None, "pages", 1_795_291_577_000, 4_711_000_000), (RejectReason.LogMissingField, "", 0, 0), (RejectReason.None, "(none)", 1_795_311_377_000, 0), (RejectReason.LogBadTime, "", 0, 0),
            (RejectReason.None, "(root)", 1_795_311_378_000, 5_000_000));
        journal[0].Should().Be(
            """{"tenant":"demo","key":"pages","msec":1795291577.000,"log":"combined","request":"GET /pages/create?utm_source=a%20b&tv=x HTTP/2.0","status":404,"args":"utm_source=a%20b&tv=x","tv":4711,"remote_addr":"203.0.113.7","remote_user":"jane","http_referer":"https://example.org/a\"b","http_user_agent":"Mozilla \\ 5.0"}""");
        journal[1].Should().Be("""{"tenant":"demo","log":"combined","refused":"missing_field","line":3}""");
        journal[2].Should().Contain("\"request\":\"\\u0016\\u0003\\u0001\"");
    }

    [Fact]
    public void A_line_of_a_time_that_no_hit_may_have_is_refused_before_it_is_announced()
    {
        string[] times = ["31/Dec/1999:23:59:59", "01/Jan/2000:00:00:00", "23/Nov/2026:12:00:00", "23/Nov/2026:12:00:01"];
        var log = Encoding.UTF8.GetBytes(string.Concat(times.Select(time => $"::1 - - [{time} +0000] \"GET / HTTP/1.1\" 200 5\n")));

        var journal = Encoding.UTF8.GetString(Convert(log, 4096, out var report)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        (report.Lines, report.Entries).Should().Be((4, 2));
        report.Refused.Should().Equal((LogReason.BadTime, 2));
        report.Samples.Select(sample => sample.Number).Should().Equal(1, 4);
        var parser = new HitParser();
        journal.Select(line => parser.Read(Encoding.UTF8.GetBytes(line), JournalFileName.LiveFile, Now.ToUnixTimeMilliseconds(), out _))
            .Should().Equal(RejectReason.LogBadTime, RejectReason.None, RejectReason.None, RejectReason.LogBadTime);
    }

    [Fact]
    public void A_line_that_is_too_long_takes_no_other_with_it()
    {
        var log = Encoding.UTF8.GetBytes($"{Lines[5]}\n{new string('x', 400_000)}\n{Lines[5]}\n");

        Convert(log, 4096, out var report);

        (report.Lines, report.Entries).Should().Be((3, 2));
        report.Refused.Should().Equal((LogReason.TooLong, 1));
        report.Samples.Single().Text.Should().HaveLength(LogReport.MostSampleBytes);
    }

    private static byte[] Convert(byte[] log, int block, out LogReport report)
    {
        KeyRule.TryParse("{section}", out var rule, out _).Should().BeTrue();
        var converter = new LogConverter(LogFormat.Combined.CreateParser(), new LogLine(TenantId.Parse("demo"), "combined", rule!), Now);
        var target = new ArrayBufferWriter<byte>();
        for (var at = 0; at < log.Length; at += block)
            converter.Add(log.AsSpan(at, Math.Min(block, log.Length - at)), target);
        converter.End(target);
        report = converter.Report;
        return target.WrittenSpan.ToArray();
    }
}
