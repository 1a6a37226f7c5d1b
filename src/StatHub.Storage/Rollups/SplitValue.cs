using StatHub.Core.Hits;

namespace StatHub.Storage.Rollups;

/// <summary>A sum of values as two 64-bit columns that SQL can add without rounding.</summary>
internal readonly record struct SplitValue(long E9, long Rest)
{
    private const long Unit = 1_000_000_000;

    public static SplitValue Of(ValueSum sum)
    {
        var (e9, rest) = Int128.DivRem(sum.Millionths, Unit);
        return new SplitValue((long)e9, (long)rest);
    }

    public ValueSum Sum => new((Int128)E9 * Unit + Rest);
}
