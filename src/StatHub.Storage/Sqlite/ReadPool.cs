using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace StatHub.Storage.Sqlite;

/// <summary>Read-only connections, as many as there are questions at one time.</summary>
internal sealed class ReadPool(string folder, DatabaseFile file, DatabaseDamage? damage = null) : IDisposable
{
    private const int MostIdle = 16;

    private readonly ConcurrentBag<Reader> _idle = [];

    /// <summary>Answers one question from one state of the database.</summary>
    public T Ask<T>(Func<Reader, T> question)
    {
        Reader? reader = null;
        try
        {
            if (!_idle.TryTake(out reader))
                reader = new Reader(folder, file);
            reader.Sql("BEGIN").Run();
            var answer = question(reader);
            reader.Sql("COMMIT").Run();
            if (_idle.Count < MostIdle)
                _idle.Add(reader);
            else
                reader.Dispose();
            return answer;
        }
        catch (Exception exception)
        {
            damage?.Note(exception);
            reader?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var reader))
            reader.Dispose();
    }
}

/// <summary>A connection with its prepared statements, for one thread at a time.</summary>
internal sealed class Reader(string folder, DatabaseFile file) : IDisposable
{
    private readonly SqliteConnection _connection = Database.OpenReader(folder, file);
    private readonly Dictionary<string, Statement> _statements = [];

    public Statement Sql(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new Statement(_connection, sql);
        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _connection.Dispose();
    }
}
