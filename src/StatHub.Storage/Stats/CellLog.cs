using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>What was committed of stats and is not written to their rows yet, in the database too: a row for each commit. Within a transaction, but for what is said to be otherwise.</summary>
internal sealed class CellLog(Writer writer, RecentValues recent)
{
    private readonly PackedCells _packed = new();
    private long _times;
    private long _timesOfCommit;

    /// <summary>How many bytes it has.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds what a commit changed.</summary>
    public void Append(IReadOnlyList<StatCell> cells)
    {
        if (cells.Count == 0)
            return;
        var bytes = _packed.Pack(cells).ToArray();
        writer.Sql("INSERT INTO recent (cells) VALUES (?1)").Run(bytes);
        Bytes += bytes.Length;
    }

    /// <summary>Reads all of it, the oldest first.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public List<StatCell> Read()
    {
        _times = _timesOfCommit = writer.Sql("SELECT times FROM written").Number() ?? 0;
        var all = new List<StatCell>();
        using var rows = writer.Sql("SELECT number, cells FROM recent ORDER BY number").Rows();
        while (rows.Read())
        {
            if (!PackedCells.TryUnpack(rows.Blob(1), out var cells))
                throw new InvalidDataException($"The row {rows.Long(0)} of recent cannot be read.");
            all.AddRange(cells);
        }
        return all;
    }

    /// <summary>Empties it: all of it is written to the rows.</summary>
    public void Clear()
    {
        _timesOfCommit = _times + 1;
        writer.Sql("DELETE FROM recent").Run();
        writer.Sql("UPDATE written SET times = ?1").Run(_timesOfCommit);
        recent.Writing(_timesOfCommit);
        Bytes = 0;
    }

    /// <summary>The transaction is committed; after it.</summary>
    public void Committed() => _times = _timesOfCommit;
}
