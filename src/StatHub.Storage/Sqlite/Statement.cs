using Microsoft.Data.Sqlite;

namespace StatHub.Storage.Sqlite;

/// <summary>A prepared statement with parameters <c>$1</c>, <c>$2</c>, … Belongs to its connection's thread.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var i = 1; sql.Contains($"${i}", StringComparison.Ordinal); i++)
            _command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
    }

    /// <summary>Runs it; the number of changed rows.</summary>
    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Opens its rows.</summary>
    public SqliteDataReader Rows(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    /// <summary>The first column of its first row; null when there is none.</summary>
    public object? Scalar(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        var value = _command.ExecuteScalar();
        return value is DBNull ? null : value;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
