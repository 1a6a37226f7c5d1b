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
        var left = Stats(values).Count(key => !TryAdd(key));
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

    /// <summary>What has a column each.</summary>
    public static IEnumerable<(StatKind Kind, string Stat)> Stats(SortedDictionary<string, ReportedStats> values) =>
        values.Values.SelectMany(Stats).Select(stat => stat.Key).Distinct();

    /// <summary>Removes a tenant's rows, and the names that nobody else has: columns without a number, a table without a row.</summary>
    public static void Erase(SqliteConnection connection, string table, TenantId tenant)
    {
        var quoted = ArchiveSchema.Quote(table);
        using (var delete = new Statement(connection, $"DELETE FROM {quoted} WHERE _tenant = ?1"))
        {
            if (delete.Run(tenant.ToString()) == 0)
                return;
        }
        var dim = ArchiveSchema.DimOf(table);
        var isEmpty = IsEmpty(connection, $"SELECT 1 FROM {quoted} LIMIT 1");
        foreach (var column in Columns(connection, dim))
        {
            var name = ArchiveSchema.Quote(column);
            if (!isEmpty && !IsEmpty(connection, $"SELECT 1 FROM {quoted} WHERE {name} IS NOT NULL LIMIT 1"))
                continue;
            if (!isEmpty)
                Database.Execute(connection, $"ALTER TABLE {quoted} DROP COLUMN {name}");
            using var forget = new Statement(connection, "DELETE FROM _column WHERE dim = ?1 AND name = ?2");
            forget.Run(dim, column);
        }
        if (isEmpty)
            Database.Execute(connection, $"DROP TABLE {quoted}");
    }

    private static List<string> Columns(SqliteConnection connection, string dim)
    {
        using var known = new Statement(connection, "SELECT name FROM _column WHERE dim = ?1");
        using var rows = known.Rows(dim);
        var names = new List<string>();
        while (rows.Read())
            names.Add(rows.Text(0));
        return names;
    }

    private static bool IsEmpty(SqliteConnection connection, string question)
    {
        using var any = new Statement(connection, question);
        return any.Number() is null;
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
