namespace StatHub.Tests.Cli.Monitor;

/// <summary>A clock that only moves when somebody waits, and then at once; the wall clock can be set by itself.</summary>
internal sealed class SkippingTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private TimeSpan _elapsed;
    private DateTimeOffset _begin = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _begin + _elapsed;
    }

    public override long GetTimestamp()
    {
        lock (_lock)
            return _elapsed.Ticks;
    }

    /// <summary>Sets the wall clock, as a person or NTP does; a stopwatch does not see it.</summary>
    public void Set(DateTimeOffset now)
    {
        lock (_lock)
            _begin = now - _elapsed;
    }

    /// <summary>Time goes by.</summary>
    public void Pass(TimeSpan time)
    {
        lock (_lock)
            _elapsed += time;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero)
            return base.CreateTimer(callback, state, dueTime, period);
        Pass(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
