using System.Text;
using StatHub.Core.Logs;
using StatHub.Core.Monitor;
using StatHub.Core.Sketches;

namespace StatHub.Tests.Monitor;

public sealed class TrafficStatsTests
{
    private readonly TrafficMonitor _monitor = new(new MonitorSettings(), MonitoredLines.Begin, isLive: true);

    private TrafficStats Stats => _monitor.Interval;

    [Fact]
    public void Lists_have_the_names_with_the_most_hits_first()
    {
        Add(MonitoredLines.Line(0, "/pages/create?x=1", 201), 2);
        Add(MonitoredLines.Line(0, "/pages/b", 404, "10.0.0.2", agent: "b"));
        Add(MonitoredLines.Line(0, "/", 500));

        Names(Stats.Sections).Should().Equal("/pages 3", "/ 1");
        Names(Stats.Clients).Should().Equal("10.0.0.1 3", "10.0.0.2 1");
        Names(Stats.UserAgents).Should().Equal("curl 3", "b 1");
        Names(Stats.Methods).Should().Equal("GET 4");
        Classes("/pages").Should().Equal(0, 0, 2, 0, 1, 0);
        Classes("/").Should().Equal(0, 0, 0, 0, 0, 1);
        Classes("/gone").Should().Equal(0, 0, 0, 0, 0, 0);
        Stats.Statuses.Should().Equal((201, 2), (404, 1), (500, 1));
        (Stats.Bytes, Stats.Sizes.Largest).Should().Be((400, 100));
    }

    [Fact]
    public void Every_line_that_cannot_be_read_has_its_reason_and_blank_ones_are_none()
    {
        Add("nonsense");
        Add("10.0.0.1 - - [99/Feb/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200 1", 2);
        Add("  ");

        Stats.MalformedByReason.Should().Equal((LogReason.MissingField, 1), (LogReason.BadTime, 2));
        Stats.Malformed.Should().Be(3);
    }

    [Fact]
    public void All_of_several_intervals_is_their_sum()
    {
        var total = new TrafficStats();
        foreach (var target in (string[])["/a/1", "/b/1", "/a/2"])
        {
            Add(MonitoredLines.Line(0, target, bytes: 1000));
            Add("nonsense");
            total.Add(_monitor.TakeInterval());
        }

        Names(total.Sections).Should().Equal("/a 2", "/b 1");
        (total.Hits, total.Malformed, total.Bytes, total.Classes[2], total.Sizes.Count).Should().Be((3, 3, 3000, 3, 3));
        total.ClassesOf("/a"u8)[2].Should().Be(2);
    }

    [Fact]
    public void Statuses_and_sizes_at_the_limits_are_taken()
    {
        Add(MonitoredLines.Line(0, "/" + new string('s', 300), 999, bytes: 999_999_999_999_999_999));
        Add("""10.0.0.1 - - [01/Feb/2026:12:00:00 +0000] "\x16\x03\x01" - -""");

        Stats.Hits.Should().Be(2);
        Stats.Classes[0].Should().Be(2);
        Stats.Bytes.Should().Be(999_999_999_999_999_999);
        Stats.ClassesOf(Encoding.ASCII.GetBytes("/" + new string('s', 300)))[0].Should().Be(1);
    }

    private void Add(string line, int times = 1) => _monitor.Add(line, times);

    private long[] Classes(string section)
    {
        var classes = Stats.ClassesOf(Encoding.UTF8.GetBytes(section));
        return [classes[0], classes[1], classes[2], classes[3], classes[4], classes[5]];
    }

    private static IEnumerable<string> Names(HeavyHitters list) => list.ByHits().Select(one => $"{Encoding.UTF8.GetString(one.Name.Span)} {one.Sums.Hits}");
}
