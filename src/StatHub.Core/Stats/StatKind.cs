namespace StatHub.Core.Stats;

/// <summary>What a stat is. The numbers are stored.</summary>
public enum StatKind
{
    /// <summary>A number that is set or added to.</summary>
    Counter = 1,

    /// <summary>A number of one bucket of time.</summary>
    Gauge = 2,

    /// <summary>How many members a set has.</summary>
    Member = 3,
}
