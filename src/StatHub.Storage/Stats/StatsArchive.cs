using Microsoft.Data.Sqlite;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>A database of what was reported at the begin of each period, a table for each dim, that any tool opens. Safe to call from several threads.</summary>
public sealed class StatsArchive : IDisposable
{
    // A schema is read whole by who opens the database.
    private const int MostTables = 1000;

    private readonly string _dataPath;
    private readonly Func<TenantId, bool> _isRegistered;
    private readonly Lock _gate = new();
    private SqliteConnection? _connection;

    internal StatsArchive(string dataPath, Func<TenantId, bool> isRegistered) => (_dataPath, _isRegistered) = (dataPath, isRegistered);

    private string File => Path.Combine(_dataPath, ArchiveSchema.File.Name);

    /// <summary>Writes a row for each value of a dim, once for a period; what is there already stays.</summary>
    /// <param name="tenant">Whose dim it is; of one that was erased meanwhile nothing is written.</param>
    /// <param name="dim">The dim.</param>
    /// <param name="start">The Unix second that the period begins with.</param>
    /// <param name="values">What is reported of it.</param>
    /// <returns>How many stats found no room: there are as many tables or columns as there may be. The others are written.</returns>
    /// <exception cref="SqliteException">It could not be written.</exception>
    public int Write(TenantId tenant, string dim, long start, SortedDictionary<string, ReportedStats> values)
    {
        return Transaction(connection =>
        {
            if (!_isRegistered(tenant))
                return 0;
            if (Tables(connection) is { Count: >= MostTables } tables && !tables.Contains(ArchiveSchema.TableOf(dim)))
                return ArchiveTable.Stats(values).Count();
            return new ArchiveTable(connection, dim).Write(tenant, start, values);
        });
    }

    /// <summary>Removes everything of a tenant.</summary>
    /// <param name="tenant">Who was erased.</param>
    /// <param name="erasedAt">Unix milliseconds. What was removed for this erase before is not removed again.</param>
    /// <param name="isDone">Whether it is known to be done, and has only to be noted.</param>
    internal void Erase(TenantId tenant, long erasedAt, bool isDone)
    {
        lock (_gate)
        {
            if (!System.IO.File.Exists(File))
                return;
            Transaction(connection =>
            {
                using var done = new Statement(connection, "SELECT erased_ms FROM _erased WHERE tenant = ?1");
                if (done.Number(tenant.ToString()) >= erasedAt)
                    return 0;
                Database.Execute(connection, "PRAGMA secure_delete = ON");
                foreach (var table in isDone ? [] : Tables(connection))
                    ArchiveTable.Erase(connection, table, tenant);
                using var note = new Statement(connection, "INSERT INTO _erased (tenant, erased_ms) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET erased_ms = excluded.erased_ms");
                note.Run(tenant.ToString(), erasedAt);
                return 0;
            });
            // The log would keep what was overwritten in the file.
            Database.Execute(_connection!, "PRAGMA secure_delete = OFF; PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private static HashSet<string> Tables(SqliteConnection connection)
    {
        using var names = new Statement(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('_column', '_erased') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
        using var rows = names.Rows();
        var tables = new HashSet<string>(StringComparer.Ordinal);
        while (rows.Read())
            tables.Add(rows.Text(0));
        return tables;
    }

    /// <summary>After a failure the file is opened anew: what counts is what it says then.</summary>
    private int Transaction(Func<SqliteConnection, int> body)
    {
        lock (_gate)
        {
            try
            {
                _connection ??= Database.OpenWriter(_dataPath, ArchiveSchema.File);
                Database.Execute(_connection, "BEGIN IMMEDIATE");
                var result = body(_connection);
                Database.Execute(_connection, "COMMIT");
                return result;
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
