namespace StatHub.Storage.Sqlite;

/// <summary>
/// Rows that are in memory besides: a value that never changes, replaced by another one when rows were changed. After a failure nobody knows what the file has: who asks next
/// reads it back.
/// </summary>
/// <param name="writer">The database.</param>
/// <param name="load">Makes the value of what the database has.</param>
internal sealed class CommittedRows<T>(Writer writer, Func<T> load)
    where T : class
{
    private volatile T? _value;

    /// <summary>What is committed.</summary>
    public T Value => _value ?? writer.Alone(() => _value ??= load());

    /// <summary>Changes rows in a transaction; false when it changed nothing.</summary>
    /// <param name="change">Gives what takes the place of what there was, or null when it changed nothing.</param>
    public bool Change(Func<T, T?> change) => writer.Alone(() =>
    {
        var before = Value;
        try
        {
            // Nobody else writes before it is replaced.
            if (writer.Transaction(() => change(before)) is not { } after)
                return false;
            _value = after;
            return true;
        }
        catch
        {
            _value = null;
            throw;
        }
    });

    /// <summary>Rows were changed in another way: they are read again.</summary>
    public void Reread() => writer.Alone(() =>
    {
        _value = null;
        return true;
    });
}
