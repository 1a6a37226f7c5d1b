using Microsoft.Data.Sqlite;

namespace StatHub.Storage.Sqlite;

/// <summary>
/// The one connection that writes and checkpoints. After a failed transaction the connection is given up and opened
/// anew: what counts is what the file says then.
/// </summary>
internal sealed class Writer(string folder, DatabaseFile file, DatabaseDamage? damage = null, Action<MigrationStep>? onMigrationStep = null) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Statement> _statements = [];
    private SqliteConnection? _connection;

    /// <summary>Counts the times that the connection was opened; who keeps a copy of committed state reloads it then.</summary>
    public int Generation { get; private set; }

    /// <summary>Another one after every change of a row.</summary>
    public (int Generation, long Changes) State => Alone(() => (Generation, Sql("SELECT total_changes()").Number() ?? 0));

    /// <summary>A prepared statement; only within a transaction.</summary>
    public Statement Sql(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new Statement(_connection!, sql);
        return statement;
    }

    /// <summary>Gives the connection up: what counts is what the file says when it is opened next.</summary>
    public void GiveUp()
    {
        lock (_gate)
            Close();
    }

    /// <summary>Runs alone, with an open connection and without a transaction.</summary>
    public T Alone<T>(Func<T> body)
    {
        lock (_gate)
        {
            try
            {
                Open();
                return body();
            }
            catch (Exception exception)
            {
                damage?.Note(exception);
                throw;
            }
        }
    }

    /// <summary>Runs in one transaction, committed at the end; nothing of it stays when it throws.</summary>
    public T Transaction<T>(Func<T> body)
    {
        lock (_gate)
        {
            try
            {
                Open();
                Sql("BEGIN IMMEDIATE").Run();
                var result = body();
                Sql("COMMIT").Run();
                return result;
            }
            catch (Exception exception)
            {
                damage?.Note(exception);
                Close();
                throw;
            }
        }
    }

    public void Transaction(Action body) => Transaction(() =>
    {
        body();
        return true;
    });

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private void Open()
    {
        if (_connection is not null)
            return;
        _connection = Database.OpenWriter(folder, file, onMigrationStep);
        Generation++;
    }

    /// <summary>Closing an open transaction's connection rolls it back.</summary>
    private void Close()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
        _connection?.Dispose();
        _connection = null;
    }
}
