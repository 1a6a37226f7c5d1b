using Microsoft.Data.Sqlite;

namespace StatHub.Tests.Alerts;

/// <summary>The database of alerts in a data folder, without what StatHub has open.</summary>
internal static class AlertDatabase
{
    /// <summary>Runs a statement, and gives the first column of its rows.</summary>
    public static List<object> Run(string folder, string sql)
    {
        using var database = new SqliteConnection($"Data Source={Path.Combine(folder, "alerts.db")};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var values = new List<object>();
        while (rows.Read())
            values.Add(rows[0]);
        return values;
    }
}
