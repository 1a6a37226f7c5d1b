using StatHub.Core.Alerts;
using StatHub.Core.Hits;

namespace StatHub.Tests.Alerts;

public sealed class AlertMessageTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 2, 30, 5, 999, TimeSpan.Zero);
    private static readonly AlertMeasure Measure = new(1201, 61, new ValueSum(12_500_000));

    [Theory]
    [InlineData(AlertMetric.Rate, "High traffic generated an alert - hits = 1201, triggered at 2026-11-22T02:30:05+00:00")]
    [InlineData(AlertMetric.ErrorRate, "High error rate generated an alert - errors = 61 of 1201, triggered at 2026-11-22T02:30:05+00:00")]
    [InlineData(AlertMetric.ClientRate, "High client traffic generated an alert - client = 192.0.2.0, hits = 1201, triggered at 2026-11-22T02:30:05+00:00")]
    [InlineData(AlertMetric.Value, "High value generated an alert - value = 12.5, triggered at 2026-11-22T02:30:05+00:00")]
    [InlineData(AlertMetric.NoData, "No traffic generated an alert - hits = 1201, triggered at 2026-11-22T02:30:05+00:00")]
    public void It_says_what_began(AlertMetric metric, string message) =>
        AlertMessage.Of(Transition(metric, AlertState.Ok, AlertState.Firing), TimeZoneInfo.Utc).Should().Be(message);

    [Theory]
    [InlineData(AlertMetric.Rate, "High traffic alert recovered - hits = 1201, recovered at 2026-11-22T02:30:05+00:00")]
    [InlineData(AlertMetric.ErrorRate, "High error rate alert recovered - errors = 61 of 1201, recovered at 2026-11-22T02:30:05+00:00")]
    [InlineData(AlertMetric.ClientRate, "High client traffic alert recovered - client = 192.0.2.0, hits = 1201, recovered at 2026-11-22T02:30:05+00:00")]
    [InlineData(AlertMetric.Value, "High value alert recovered - value = 12.5, recovered at 2026-11-22T02:30:05+00:00")]
    [InlineData(AlertMetric.NoData, "No traffic alert recovered - hits = 1201, recovered at 2026-11-22T02:30:05+00:00")]
    public void It_says_what_is_over(AlertMetric metric, string message) =>
        AlertMessage.Of(Transition(metric, AlertState.Firing, AlertState.Ok), TimeZoneInfo.Utc).Should().Be(message);

    [Theory]
    [InlineData(5, 30, "2026-11-22T08:00:05+05:30")]
    [InlineData(-9, -30, "2026-11-21T17:00:05-09:30")]
    public void The_time_is_that_of_the_zone_with_its_offset(int hours, int minutes, string time)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", new TimeSpan(hours, minutes, 0), "test", "test");
        AlertMessage.Of(Transition(AlertMetric.Rate, AlertState.Pending, AlertState.Firing), zone).Should().EndWith($"triggered at {time}");
    }

    [Fact]
    public void What_is_below_is_low() => AlertMessage.Of(
        Transition(AlertMetric.Rate, AlertState.Ok, AlertState.Firing, AlertComparison.Below), TimeZoneInfo.Utc).Should().StartWith("Low traffic generated an alert - hits = 1201,");

    [Theory]
    [InlineData(AlertState.Ok, AlertState.Pending)]
    [InlineData(AlertState.Pending, AlertState.Ok)]
    public void Nobody_is_told_of_what_waits(AlertState before, AlertState after) =>
        AlertMessage.Of(Transition(AlertMetric.Rate, before, after), TimeZoneInfo.Utc).Should().BeNull();

    private static AlertTransition Transition(AlertMetric metric, AlertState before, AlertState after, AlertComparison comparison = AlertComparison.Above) =>
        new(new AlertRule("r", metric, 1) { Comparison = comparison }, metric == AlertMetric.ClientRate ? "192.0.2.0" : "", before, after, At, null, Measure);
}
