using StatHub.Core.Alerts;
using StatHub.Core.Monitor;
using static StatHub.Tests.Monitor.MonitoredLines;

namespace StatHub.Tests.Monitor;

public sealed class TrafficMonitorTests
{
    // Nothing but traffic as such.
    private static readonly MonitorSettings Traffic = new() { ClientRate = 1_000_000 };

    [Fact]
    public void A_threshold_that_is_met_is_quiet_and_one_hit_more_alerts()
    {
        var monitor = new TrafficMonitor(Traffic, Begin, isLive: true);
        for (var second = 0; second < 120; second++)
        {
            monitor.Advance(Begin.AddSeconds(second));
            monitor.Add(Line(second), 10);
            monitor.Evaluate().Should().BeEmpty();
        }
        monitor.Window.Hits.Should().Be(1200);

        monitor.Add(Line(119));

        monitor.Evaluate().Should().ContainSingle().Which.IsTriggered.Should().BeTrue();
        Messages(monitor).Should().BeEmpty("it is told once");
    }

    [Fact]
    public void An_alert_is_over_by_the_clock_although_no_line_comes()
    {
        var monitor = new TrafficMonitor(Traffic, Begin, isLive: true);
        monitor.Add(Line(0), 1201);
        Messages(monitor).Should().Equal("High traffic generated an alert - hits = 1201, triggered at 2026-02-01T12:00:00+00:00");

        monitor.Advance(Begin.AddSeconds(119));
        Messages(monitor).Should().BeEmpty();
        monitor.Advance(Begin.AddSeconds(120));

        Messages(monitor).Should().Equal("High traffic alert recovered - hits = 0, recovered at 2026-02-01T12:02:00+00:00");
    }

    [Fact]
    public void Errors_and_clients_alert_and_every_offender_is_named()
    {
        var monitor = new TrafficMonitor(new MonitorSettings { Window = TimeSpan.FromSeconds(10), Threshold = 1000 }, Begin, isLive: true);
        monitor.Add(Line(0, status: 503), 2);
        monitor.Add(Line(0, client: "10.0.0.2"), 26);
        monitor.Add(Line(0, client: "2001:db8::1"), 26);
        monitor.Add(Line(0, client: "10.0.0.3"), 25);

        Messages(monitor).Should().Equal(
            "High client traffic generated an alert - client = 10.0.0.2, hits = 26, triggered at 2026-02-01T12:00:00+00:00",
            "High client traffic generated an alert - client = 2001:db8::1, hits = 26, triggered at 2026-02-01T12:00:00+00:00");
        monitor.Add(Line(0, status: 500), 3);
        Messages(monitor).Should().Equal("High error rate generated an alert - errors = 5 of 82, triggered at 2026-02-01T12:00:00+00:00");
        monitor.Active.Should().HaveCount(3);
    }

    [Fact]
    public void What_is_behind_goes_by_its_own_time_and_tells_nothing_of_the_past()
    {
        var monitor = new TrafficMonitor(Traffic, Begin.AddHours(1), isLive: false);
        monitor.Add(Line(0), 5000);
        monitor.Add(Line(600));

        monitor.Newest.Should().Be(Begin.AddSeconds(600));
        monitor.Evaluate().Should().BeEmpty("nothing is exceeded any more");
        monitor.Interval.Hits.Should().Be(5001);

        monitor.Add(Line(601), 1200);
        Messages(monitor).Should().ContainSingle().Which.Should().EndWith("triggered at 2026-02-01T12:10:01+00:00");
    }

    [Fact]
    public void Who_has_caught_up_goes_by_the_clock()
    {
        var monitor = new TrafficMonitor(Traffic, Begin.AddSeconds(60), isLive: false);
        monitor.Add(Line(0), 1201);

        monitor.GoLive(Begin.AddSeconds(60));
        Messages(monitor).Should().Equal("High traffic generated an alert - hits = 1201, triggered at 2026-02-01T12:01:00+00:00");

        var late = new TrafficMonitor(Traffic, Begin.AddSeconds(500), isLive: false);
        late.Add(Line(0), 1201);
        late.GoLive(Begin.AddSeconds(500));
        Messages(late).Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lines_of_the_future_are_counted_as_such_and_move_nothing(bool isLive)
    {
        var monitor = new TrafficMonitor(Traffic, Begin.AddSeconds(10), isLive);
        monitor.Add(Line(5));
        monitor.Add(Line(100_000), 2000);
        monitor.Add(Line(6));

        (monitor.Future, monitor.Window.Hits, monitor.Newest, monitor.Interval.Hits).Should().Be((2000, 2, Begin.AddSeconds(6), 2002));
        monitor.Evaluate().Should().BeEmpty();
    }

    [Fact]
    public void Late_lines_go_to_their_bucket_while_the_window_has_it()
    {
        var monitor = new TrafficMonitor(Traffic, Begin, isLive: true);
        monitor.Advance(Begin.AddSeconds(200));
        monitor.Add(Line(81), 3);
        monitor.Add(Line(80), 2);

        (monitor.Window.Hits, monitor.Late, monitor.Interval.Hits).Should().Be((3, 2, 5));
        monitor.HitsByBucket[0].Should().Be(3);
    }

    [Fact]
    public void The_rate_now_is_that_of_the_last_five_seconds_that_are_over()
    {
        var monitor = new TrafficMonitor(Traffic, Begin, isLive: true);
        foreach (var second in Enumerable.Range(0, 6))
        {
            monitor.Advance(Begin.AddSeconds(second));
            monitor.Add(Line(second), second == 5 ? 1000 : 4);
        }

        monitor.RateNow.Should().Be(4);
        monitor.WindowRate.Should().BeApproximately(1020 / 120.0, 0.001);
    }

    [Fact]
    public void An_interval_has_what_came_since_the_one_before()
    {
        var monitor = new TrafficMonitor(Traffic, Begin, isLive: true);
        monitor.Add(Line(0), 3);
        monitor.Add("nonsense");
        var first = monitor.TakeInterval();
        monitor.Add(Line(0));

        (first.Hits, first.Malformed, monitor.Interval.Hits, monitor.Interval.Malformed).Should().Be((3, 1, 1, 0));
    }

    private static List<string?> Messages(TrafficMonitor monitor) => [.. monitor.Evaluate().Select(one => AlertMessage.Of(one, TimeZoneInfo.Utc))];
}
