namespace StatHub.Tests.Sketches;

/// <summary>Hashes as good as random that are the same in every run: SplitMix64 (Steele, Lea, Flood 2014), which never repeats one.</summary>
internal static class Hashes
{
    public static ulong At(ulong number)
    {
        number = unchecked((number + 1) * 0x9e3779b97f4a7c15);
        number = unchecked((number ^ (number >> 30)) * 0xbf58476d1ce4e5b9);
        number = unchecked((number ^ (number >> 27)) * 0x94d049bb133111eb);
        return number ^ (number >> 31);
    }

    /// <summary>Different hashes for each seed.</summary>
    public static IEnumerable<ulong> Many(int seed, int count) =>
        Enumerable.Range(0, count).Select(i => At(((ulong)(uint)seed << 32) + (ulong)i));
}
