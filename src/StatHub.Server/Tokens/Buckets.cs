namespace StatHub.Server.Tokens;

/// <summary>
/// A leaky bucket for each of many keys, as one instant each (the generic cell rate algorithm, ITU-T I.371): so many at once, and so many in the long run.
/// </summary>
internal sealed class Buckets
{
    private const int Places = 64 * 1024;

    private readonly TimeProvider _time;
    private readonly InstantTable _full = new(Places);
    private readonly long _step;
    private readonly long _most;

    /// <param name="time">The clock.</param>
    /// <param name="interval">The time in which one drop leaks.</param>
    /// <param name="burst">How many drops a bucket holds.</param>
    public Buckets(TimeProvider time, TimeSpan interval, int burst)
    {
        _time = time;
        _step = Math.Max(1, interval.Ticks);
        _most = _step * burst;
    }

    /// <summary>Puts a drop in. Zero, or how long to wait until there is room for it.</summary>
    public TimeSpan Add(UInt128 key) => TimeSpan.FromTicks(_full.Advance(key, Now, _step, _most));

    /// <summary>How long to wait until there is room for a drop.</summary>
    public TimeSpan Wait(UInt128 key)
    {
        var now = Now;
        var over = Math.Min(_full.Read(key), now + _most) + _step - now - _most;
        return over > 0 ? TimeSpan.FromTicks(over) : TimeSpan.Zero;
    }

    private long Now => _time.GetUtcNow().UtcTicks;
}
