using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace StatHub.Storage.Sqlite;

/// <summary>
/// A prepared statement with parameters <c>?1</c>, <c>?2</c>, … Belongs to its connection's thread. It speaks to SQLite
/// itself: an ADO.NET command costs more than most of the questions that are asked here.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(sqlite3_prepare_v3(_database, sql, SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Runs it; the number of changed rows.</summary>
    public int Run(params ReadOnlySpan<SqlValue> values)
    {
        using var rows = Rows(values);
        while (rows.Read())
        {
        }
        return sqlite3_changes(_database);
    }

    /// <summary>Opens its rows. Only one reading at a time, ended by Dispose.</summary>
    public RowReader Rows(params ReadOnlySpan<SqlValue> values)
    {
        for (var i = 0; i < values.Length; i++)
            Check(values[i].Bind(_statement, i + 1));
        return new RowReader(this);
    }

    /// <summary>The number in the first column of its first row; null when there is none.</summary>
    public long? Number(params ReadOnlySpan<SqlValue> values)
    {
        using var rows = Rows(values);
        return rows.Read() && !rows.IsNull(0) ? rows.Long(0) : null;
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _database);
    }

    /// <summary>The rows of a statement; columns are counted from 0.</summary>
    internal readonly ref struct RowReader(Statement statement)
    {
        public bool Read()
        {
            var result = sqlite3_step(statement._statement);
            if (result == SQLITE_ROW)
                return true;
            if (result != SQLITE_DONE)
                SqliteException.ThrowExceptionForRC(result, statement._database);
            return false;
        }

        public bool IsNull(int column) => sqlite3_column_type(statement._statement, column) == SQLITE_NULL;

        public long Long(int column) => sqlite3_column_int64(statement._statement, column);

        public int Int(int column) => sqlite3_column_int(statement._statement, column);

        public string Text(int column) => sqlite3_column_text(statement._statement, column).utf8_to_string();

        /// <summary>Valid until the next row.</summary>
        public ReadOnlySpan<byte> Blob(int column) => sqlite3_column_blob(statement._statement, column);

        // A failed step has thrown already; what reset returns is that failure again.
        public void Dispose() => sqlite3_reset(statement._statement);
    }
}

/// <summary>A parameter's value.</summary>
internal readonly struct SqlValue
{
    private readonly long _number;
    private readonly object? _object;
    private readonly Kind _kind;

    private SqlValue(long number) => (_number, _kind) = (number, Kind.Number);

    private SqlValue(object? value, Kind kind = Kind.Object) => (_object, _kind) = (value, kind);

    private enum Kind : byte
    {
        Object,
        Number,
        Utf8,
    }

    public static implicit operator SqlValue(long number) => new(number);

    public static implicit operator SqlValue(int number) => new(number);

    public static implicit operator SqlValue(long? number) => number is { } value ? new(value) : new((object?)null);

    public static implicit operator SqlValue(int? number) => number is { } value ? new(value) : new((object?)null);

    public static implicit operator SqlValue(string text) => new((object)text);

    public static implicit operator SqlValue(byte[]? blob) => new((object?)blob);

    /// <summary>A text by its UTF-8: nothing is converted.</summary>
    public static SqlValue Utf8(byte[] text) => text.Length == 0 ? new SqlValue("") : new SqlValue(text, Kind.Utf8);

    public int Bind(sqlite3_stmt statement, int parameter) => _kind switch
    {
        Kind.Number => sqlite3_bind_int64(statement, parameter, _number),
        Kind.Utf8 => sqlite3_bind_text(statement, parameter, ((byte[])_object!).AsSpan()),
        _ => _object switch
        {
            string text => sqlite3_bind_text(statement, parameter, text),
            byte[] blob => sqlite3_bind_blob(statement, parameter, blob),
            _ => sqlite3_bind_null(statement, parameter),
        },
    };
}
