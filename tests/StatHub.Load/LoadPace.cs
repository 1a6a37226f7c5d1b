namespace StatHub.Load;

/// <summary>How many requests may have been sent by now.</summary>
/// <param name="rate">Requests per second; null for no limit.</param>
/// <param name="time">The clock.</param>
public sealed class LoadPace(double? rate, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Requests that are due since the start, the first one at once.</summary>
    public long Due => rate is null ? long.MaxValue : (long)(time.GetElapsedTime(_start).TotalSeconds * rate.Value) + 1;

    /// <summary>The time until the request with this number, counted from 0, is due.</summary>
    public TimeSpan Until(long number)
    {
        if (rate is null)
            return TimeSpan.Zero;
        var wait = TimeSpan.FromSeconds(number / rate.Value) - time.GetElapsedTime(_start);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
