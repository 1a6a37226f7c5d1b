using System.Globalization;
using Microsoft.Data.Sqlite;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>The table of a dim in the archive. Columns are only ever added. Within a transaction.</summary>
internal sealed class ArchiveTable
{
    // What SQLite takes, less the three that every table has and some to spare.
    private const int MostColumns = 1900;

    private readonly SqliteConnection _connection;
    private readonly string _dim;
    private readonly string _table;
    private readonly Dictionary<(StatKind Kind, string Stat), string> _columns = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "_tenant", "_dim", "_ts" };

    public ArchiveTable(SqliteConnection connection, string dim)
    {
        (_connection, _dim, _table) = (connection, dim, ArchiveSchema.Quote(ArchiveSchema.TableOf(dim)));
        Database.Execute(connection, $"CREATE TABLE IF NOT EXISTS {_table} (_tenant TEXT NOT NULL, _dim TEXT NOT NULL, _ts INTEGER NOT NULL, PRIMARY KEY (_tenant, _dim, _ts)) WITHOUT ROWID");
        using var known = new Statement(connection, "SELECT kind, stat, name FROM _column WHERE dim = ?1");
        using var rows = known.Rows(dim);
        while (rows.Read())
        {
            _columns[((StatKind)rows.Int(0), rows.Text(1))] = rows.Text(2);
            _names.Add(rows.Text(2));
        }
    }

    /// <summary>Writes a row for each value that has none yet for this period; how many stats found no column.</summary>
    public int Write(TenantId tenant, long start, SortedDictionary<string, ReportedStats> values)
    {
        var left = values.Values.SelectMany(Stats).Select(stat => stat.Key).Distinct().Count(key => !TryAdd(key));
        var columns = _columns.ToList();
        var names = string.Concat(columns.Select(column => ", " + ArchiveSchema.Quote(column.Value)));
        var places = string.Concat(Enumerable.Range(4, columns.Count).Select(place => string.Create(CultureInfo.InvariantCulture, $", ?{place}")));
        using var insert = new Statement(_connection, $"INSERT OR IGNORE INTO {_table} (_tenant, _dim, _ts{names}) VALUES (?1, ?2, ?3{places})");
        foreach (var (value, reported) in values)
        {
            var numbers = Stats(reported).ToDictionary(stat => stat.Key, stat => stat.Number);
            insert.Run([tenant.ToString(), value, start, .. columns.Select(column => Value(numbers, column.Key))]);
        }
        return left;
    }

    private static IEnumerable<((StatKind Kind, string Stat) Key, Int128 Number)> Stats(ReportedStats reported) =>
        reported.Counters.Select(stat => ((StatKind.Counter, stat.Key), stat.Value)).Concat(reported.Gauges.Select(stat => ((StatKind.Gauge, stat.Key), stat.Value)));

    /// <summary>A number, or its text where a total has over 64 bits.</summary>
    private static SqlValue Value(Dictionary<(StatKind, string), Int128> numbers, (StatKind, string) key) =>
        !numbers.TryGetValue(key, out var number) ? (long?)null
        : number >= long.MinValue && number <= long.MaxValue ? (long)number
        : number.ToString(CultureInfo.InvariantCulture);

    private bool TryAdd((StatKind Kind, string Stat) key)
    {
        if (_columns.ContainsKey(key))
            return true;
        if (_columns.Count >= MostColumns)
            return false;
        var name = ArchiveSchema.ColumnOf(key.Stat, _names);
        Database.Execute(_connection, $"ALTER TABLE {_table} ADD COLUMN {ArchiveSchema.Quote(name)}");
        using var note = new Statement(_connection, "INSERT INTO _column (dim, kind, stat, name) VALUES (?1, ?2, ?3, ?4)");
        note.Run(_dim, (int)key.Kind, key.Stat, name);
        _columns[key] = name;
        _names.Add(name);
        return true;
    }
}
