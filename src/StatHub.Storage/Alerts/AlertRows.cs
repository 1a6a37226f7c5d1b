using StatHub.Core.Alerts;
using StatHub.Core.Tenants;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Alerts;

/// <summary>States and history of rules. What writes is within a transaction.</summary>
internal sealed class AlertRows(Writer writer)
{
    private const string StandingColumns = "client, state, since_ms, counted_ms, notified_ms, hits, errors, value_e9, value_rest, rule";

    /// <summary>The document of a tenant; null when it never wrote one.</summary>
    public AlertDocument? Document(TenantId tenant)
    {
        using var rows = writer.Sql("SELECT revision, rules, receivers FROM document WHERE tenant = ?1").Rows(tenant.ToString());
        return rows.Read() ? AlertText.Read(rows.Long(0), rows.Text(1), rows.Text(2)) : null;
    }

    /// <summary>Puts another document in the place of a tenant's.</summary>
    public void Put(TenantId tenant, AlertDocument document)
    {
        writer.Sql("INSERT OR REPLACE INTO document (tenant, revision, rules, receivers) VALUES (?1, ?2, ?3, ?4)")
            .Run(tenant.ToString(), document.Revision, AlertText.Write(document.Rules), AlertText.Write(document.Receivers));
    }

    /// <summary>All states of a tenant, with the names of their rules.</summary>
    public List<(string Rule, AlertStanding Standing)> Standings(TenantId tenant)
    {
        var standings = new List<(string, AlertStanding)>();
        using var rows = writer.Sql($"SELECT {StandingColumns} FROM standing WHERE tenant = ?1 ORDER BY rule, client").Rows(tenant.ToString());
        while (rows.Read())
        {
            standings.Add((rows.Text(9), new AlertStanding(
                rows.Text(0), (AlertState)rows.Int(1), Instant(rows.Long(2)), rows.IsNull(3) ? null : Instant(rows.Long(3)), rows.IsNull(4) ? null : Instant(rows.Long(4)), Measure(rows, 5))));
        }
        return standings;
    }

    /// <summary>Keeps a state.</summary>
    public void Keep(TenantId tenant, string rule, AlertStanding standing)
    {
        var value = SplitValue.Of(standing.Measure.Value);
        writer.Sql($"INSERT OR REPLACE INTO standing (tenant, {StandingColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)").Run(
            tenant.ToString(), standing.Client, (int)standing.State, Milliseconds(standing.Since), MillisecondsOrNull(standing.CountedFrom), MillisecondsOrNull(standing.NotifiedAt),
            standing.Measure.Hits, standing.Measure.Errors, value.E9, value.Rest, rule);
    }

    /// <summary>Forgets a state.</summary>
    public void Forget(TenantId tenant, string rule, string client) =>
        writer.Sql("DELETE FROM standing WHERE tenant = ?1 AND rule = ?2 AND client = ?3").Run(tenant.ToString(), rule, client);

    /// <summary>Notes a change of state.</summary>
    public void Note(TenantId tenant, AlertTransition transition)
    {
        var value = SplitValue.Of(transition.Measure.Value);
        writer.Sql(
            """
            INSERT INTO history (tenant, rule, metric, client, previous, state, at_ms, duration_ms, hits, errors, value_e9, value_rest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """).Run(
            tenant.ToString(), transition.Rule.Name, (int)transition.Rule.Metric, transition.Client, (int)transition.Previous, (int)transition.State, Milliseconds(transition.At),
            transition.Duration is { } duration ? (long)duration.TotalMilliseconds : (long?)null, transition.Measure.Hits, transition.Measure.Errors, value.E9, value.Rest);
    }

    /// <summary>Forgets what is older than that, and what is beyond the latest so many.</summary>
    public void Prune(TenantId tenant, DateTimeOffset oldest, int most) => writer.Sql(
        """
        DELETE FROM history WHERE tenant = ?1
        AND (at_ms < ?2 OR id <= coalesce((SELECT id FROM history WHERE tenant = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?3), -1))
        """).Run(tenant.ToString(), Milliseconds(oldest), most);

    /// <summary>The latest changes of a tenant, the latest first.</summary>
    public static List<PastTransition> History(Reader reader, TenantId tenant, long before, int most)
    {
        var history = new List<PastTransition>();
        using var rows = reader.Sql(
            """
            SELECT id, rule, metric, client, previous, state, at_ms, duration_ms, hits, errors, value_e9, value_rest
            FROM history WHERE tenant = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3
            """).Rows(tenant.ToString(), before, most);
        while (rows.Read())
        {
            history.Add(new PastTransition(
                rows.Long(0), rows.Text(1), (AlertMetric)rows.Int(2), rows.Text(3), (AlertState)rows.Int(4), (AlertState)rows.Int(5), Instant(rows.Long(6)),
                rows.IsNull(7) ? null : TimeSpan.FromMilliseconds(rows.Long(7)), Measure(rows, 8)));
        }
        return history;
    }

    private static AlertMeasure Measure(Statement.RowReader rows, int column) =>
        new(rows.Long(column), rows.Long(column + 1), new SplitValue(rows.Long(column + 2), rows.Long(column + 3)).Sum);

    private static long Milliseconds(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    private static long? MillisecondsOrNull(DateTimeOffset? instant) => instant?.ToUnixTimeMilliseconds();

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
