using StatHub.Core.Stats;
using StatHub.Core.Tenants;

namespace StatHub.Storage.Stats;

/// <summary>Where a stat is: of an id when the dim is empty, else of a value of the dim.</summary>
internal readonly record struct StatPlace(TenantId Tenant, string Dim, string Owner)
{
    /// <summary>Whether it is that of an id.</summary>
    public bool IsId => Dim.Length == 0;
}

/// <summary>A row of the table of stats.</summary>
internal readonly record struct StatKey(StatPlace Place, StatKind Kind, string Name);

/// <summary>What a row says, as of the commit that is under way.</summary>
internal sealed class StatCell(StatKey key)
{
    public StatKey Key { get; } = key;

    /// <summary>How much it is.</summary>
    public StatAmount Amount { get; set; }

    /// <summary>The list of its members; 0 but for sets.</summary>
    public long List { get; set; }

    /// <summary>False while there is no such stat.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Whether the commit that is under way changed it.</summary>
    public bool IsChanged { get; set; }

    /// <summary>Whether its row in the table is older than what was committed.</summary>
    public bool IsUnwritten { get; set; }
}
