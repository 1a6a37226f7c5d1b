using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>Where a stat is: of an id when the dim is empty, else of a value of the dim.</summary>
internal readonly record struct StatPlace(TenantId Tenant, string Dim, string Owner);

/// <summary>A row of the table of stats.</summary>
internal readonly record struct StatKey(StatPlace Place, StatKind Kind, string Name);

/// <summary>What a row says.</summary>
/// <param name="Amount">How much it is.</param>
/// <param name="List">The list of its members; 0 but for sets.</param>
/// <param name="IsKnown">False while there is no such row.</param>
internal readonly record struct StatCell(StatAmount Amount, long List, bool IsKnown);

/// <summary>
/// Rows of stats that were asked for, in memory. What is changed is written once a commit, however many updates changed it. Belongs to the thread that writes.
/// </summary>
internal sealed class StatCells(Writer writer)
{
    // Some 200 bytes each.
    private const int MostKept = 100_000;

    private readonly Dictionary<StatKey, StatCell> _cells = [];
    private readonly HashSet<StatKey> _changed = [];

    public StatCell Find(StatKey key)
    {
        if (!_cells.TryGetValue(key, out var cell))
            _cells[key] = cell = Load(key);
        return cell;
    }

    public void Set(StatKey key, StatCell cell)
    {
        _cells[key] = cell;
        _changed.Add(key);
    }

    /// <summary>Writes what was changed; within the transaction.</summary>
    public void Write()
    {
        foreach (var key in _changed)
            Write(key, _cells[key]);
        _changed.Clear();
        if (_cells.Count > MostKept)
            _cells.Clear();
    }

    /// <summary>Nobody knows any more what the file has.</summary>
    public void Forget()
    {
        _cells.Clear();
        _changed.Clear();
    }

    private StatCell Load(StatKey key)
    {
        using var rows = writer.Sql(
            "SELECT amount, bucket, before, before_bucket, list FROM stat WHERE tenant = ?1 AND dim = ?2 AND owner = ?3 AND kind = ?4 AND name = ?5")
            .Rows(key.Place.Tenant.ToString(), key.Place.Dim, key.Place.Owner, (int)key.Kind, key.Name);
        return rows.Read()
            ? new StatCell(new StatAmount(rows.Long(0), rows.Long(1), rows.IsNull(2) ? null : rows.Long(2), rows.Long(3)), rows.Long(4), IsKnown: true)
            : default;
    }

    private void Write(StatKey key, StatCell cell) => writer.Sql(
        """
        INSERT INTO stat (tenant, dim, owner, kind, name, amount, bucket, before, before_bucket, list) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT DO UPDATE SET amount = excluded.amount, bucket = excluded.bucket, before = excluded.before, before_bucket = excluded.before_bucket
        """).Run(
            key.Place.Tenant.ToString(), key.Place.Dim, key.Place.Owner, (int)key.Kind, key.Name,
            cell.Amount.Amount, cell.Amount.Bucket, cell.Amount.Before, cell.Amount.BeforeBucket, cell.List);
}
