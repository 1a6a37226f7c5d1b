namespace StatHub.Cli.Traffic;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers for a seed on every runtime, which Random does not promise.</summary>
internal sealed class TrafficRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to below the bound.</summary>
    public int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A number from 0 to below 1.</summary>
    public double NextShare() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Percent(double percent) => NextShare() * 100 < percent;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];
}
