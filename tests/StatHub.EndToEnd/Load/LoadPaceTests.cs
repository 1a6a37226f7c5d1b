using StatHub.Load;

namespace StatHub.EndToEnd.Load;

public sealed class LoadPaceTests
{
    private readonly HandSetClock _clock = new();

    [Fact]
    public void The_first_request_is_due_at_once()
    {
        new LoadPace(10, _clock).Due.Should().Be(1);
    }

    [Fact]
    public void Requests_become_due_at_the_rate()
    {
        var pace = new LoadPace(10, _clock);
        _clock.Advance(TimeSpan.FromSeconds(2.55));
        pace.Due.Should().Be(26);
        pace.Until(25).Should().Be(TimeSpan.Zero);
        pace.Until(26).Should().Be(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Without_a_rate_all_are_due()
    {
        new LoadPace(null, _clock).Due.Should().Be(long.MaxValue);
    }

    [Fact]
    public void Percentiles_are_at_most_a_32nd_too_high()
    {
        var latency = new LatencyHistogram();
        foreach (var milliseconds in Enumerable.Range(1, 1000))
            latency.Add(TimeSpan.FromMilliseconds(milliseconds));

        latency.Percentile(0.5).TotalMilliseconds.Should().BeInRange(500, 516);
        latency.Percentile(0.99).TotalMilliseconds.Should().BeInRange(990, 1022);
        new LatencyHistogram().Percentile(0.5).Should().Be(TimeSpan.Zero);
    }

    private sealed class HandSetClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
