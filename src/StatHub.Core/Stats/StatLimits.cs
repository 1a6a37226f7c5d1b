namespace StatHub.Core.Stats;

/// <summary>What one report may have. Lengths are bytes of UTF-8.</summary>
public static class StatLimits
{
    /// <summary>The longest report.</summary>
    public const int BodyBytes = 1024 * 1024;

    /// <summary>The longest id, and the longest value of a dim.</summary>
    public const int IdBytes = 256;

    /// <summary>The longest name of a dim or a stat.</summary>
    public const int NameBytes = 128;

    /// <summary>The longest member.</summary>
    public const int MemberBytes = 1024;

    /// <summary>How many dims.</summary>
    public const int Dims = 16;

    /// <summary>How many stats: names in all fields together.</summary>
    public const int Stats = 1000;

    /// <summary>How many members in all sets together.</summary>
    public const int Members = 10_000;
}

/// <summary>What a tenant may have in all.</summary>
/// <param name="Ids">Stats of ids: a name of an id is one.</param>
/// <param name="Values">Stats of dim values: a name of a value is one.</param>
/// <param name="Members">Members of all its sets together.</param>
public sealed record StatBounds(long Ids = 5_000_000, long Values = 200_000, long Members = 50_000_000);
