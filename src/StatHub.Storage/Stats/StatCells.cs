using StatHub.Core.Stats;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>
/// Rows of stats that were asked for, in memory. What is changed is written to the table much later than it is committed, however many commits changed it. Within a transaction, but for what is
/// said to be otherwise.
/// </summary>
internal sealed class StatCells(Writer writer)
{
    // Some 250 bytes each.
    private const int MostKept = 100_000;

    private readonly Dictionary<StatKey, StatCell> _cells = [];
    private readonly List<StatCell> _changed = [];
    private readonly List<StatCell> _unwritten = [];

    /// <summary>What the commit that is under way changed.</summary>
    public IReadOnlyList<StatCell> Changed => _changed;

    /// <summary>How many rows are older than what was committed.</summary>
    public int Unwritten => _unwritten.Count;

    /// <summary>Whether so many are in memory that they are to be written and let go.</summary>
    public bool IsFull => _cells.Count > MostKept;

    public StatCell Find(StatKey key)
    {
        if (!_cells.TryGetValue(key, out var cell))
        {
            _cells[key] = cell = new StatCell(key);
            Load(cell);
        }
        return cell;
    }

    /// <summary>Changes what a cell says.</summary>
    public void Set(StatCell cell, StatAmount amount, long list)
    {
        (cell.Amount, cell.List, cell.IsKnown) = (amount, list, true);
        if (cell.IsChanged)
            return;
        cell.IsChanged = true;
        _changed.Add(cell);
    }

    /// <summary>The transaction is committed; after it.</summary>
    /// <returns>What values of dims are now that it changed.</returns>
    public List<(StatKey Key, StatAmount Amount)> Committed()
    {
        var values = new List<(StatKey, StatAmount)>(_changed.Count);
        foreach (var cell in _changed)
        {
            if (!cell.Key.Place.IsId)
                values.Add((cell.Key, cell.Amount));
            if (!cell.IsUnwritten)
                _unwritten.Add(cell);
            (cell.IsChanged, cell.IsUnwritten) = (false, true);
        }
        _changed.Clear();
        return values;
    }

    /// <summary>Takes what rows are that were not written, the oldest first; when nothing is known of the table.</summary>
    public void Restore(IEnumerable<StatCell> cells)
    {
        foreach (var cell in cells)
        {
            (cell.IsKnown, cell.IsUnwritten) = (true, true);
            _cells[cell.Key] = cell;
        }
        _unwritten.AddRange(_cells.Values);
    }

    /// <summary>Brings the table up to date.</summary>
    public void Write()
    {
        foreach (var cell in _unwritten)
            Write(cell);
        foreach (var cell in _changed.Where(cell => !cell.IsUnwritten))
            Write(cell);
        foreach (var cell in _unwritten.Concat(_changed))
            cell.IsChanged = cell.IsUnwritten = false;
        _unwritten.Clear();
        _changed.Clear();
        if (IsFull)
            _cells.Clear();
    }

    /// <summary>Nobody knows any more what the file has.</summary>
    public void Forget()
    {
        _cells.Clear();
        _changed.Clear();
        _unwritten.Clear();
    }

    private void Load(StatCell cell)
    {
        var key = cell.Key;
        using var rows = writer.Sql(
            "SELECT amount, bucket, before, before_bucket, list FROM stat WHERE tenant = ?1 AND dim = ?2 AND owner = ?3 AND kind = ?4 AND name = ?5")
            .Rows(key.Place.Tenant.ToString(), key.Place.Dim, key.Place.Owner, (int)key.Kind, key.Name);
        if (!rows.Read())
            return;
        cell.Amount = new StatAmount(rows.Long(0), rows.Long(1), rows.IsNull(2) ? null : rows.Long(2), rows.Long(3));
        (cell.List, cell.IsKnown) = (rows.Long(4), true);
    }

    private void Write(StatCell cell) => writer.Sql(
        """
        INSERT INTO stat (tenant, dim, owner, kind, name, amount, bucket, before, before_bucket, list) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT DO UPDATE SET amount = excluded.amount, bucket = excluded.bucket, before = excluded.before, before_bucket = excluded.before_bucket
        """).Run(
            cell.Key.Place.Tenant.ToString(), cell.Key.Place.Dim, cell.Key.Place.Owner, (int)cell.Key.Kind, cell.Key.Name,
            cell.Amount.Amount, cell.Amount.Bucket, cell.Amount.Before, cell.Amount.BeforeBucket, cell.List);
}
