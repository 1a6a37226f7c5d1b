using StatHub.Core.Journal;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Ledger;

/// <summary>The ledger in SQLite.</summary>
internal sealed class SqliteLedger(ReadPool readers, TimeProvider time) : ILedger
{
    private readonly SettledTotals _ofAllTime = new(time);

    public LedgerTotals Totals(MinuteRange committed, TenantId? tenant) => readers.Ask(reader =>
    {
        var lines = tenant is null && committed == MinuteRange.All ? _ofAllTime.Read(reader) : Lines(reader, committed, tenant);
        var rejected = lines.Where(one => one.Key != (int)RejectReason.None).ToDictionary(one => (RejectReason)one.Key, one => one.Value);
        return new LedgerTotals(lines.GetValueOrDefault((int)RejectReason.None), new SortedDictionary<RejectReason, long>(rejected));
    });

    private static Dictionary<int, long> Lines(Reader reader, MinuteRange committed, TenantId? tenant)
    {
        var lines = new Dictionary<int, long>();
        using var rows = tenant is null
            ? reader.Sql("SELECT outcome, sum(lines) FROM ledger WHERE minute >= ?1 AND minute < ?2 GROUP BY outcome").Rows(committed.From, committed.To)
            : reader.Sql(
                """
                SELECT outcome, sum(lines) FROM ledger WHERE tenant = (SELECT id FROM tenant WHERE name = ?3 AND registered = 1)
                    AND minute >= ?1 AND minute < ?2 GROUP BY outcome
                """).Rows(committed.From, committed.To, tenant.Value.ToString());
        while (rows.Read())
            lines.Add(rows.Int(0), rows.Long(1));
        return lines;
    }

    public IReadOnlyList<RejectedLine> Rejected(RejectReason? reason, int limit) => readers.Ask(reader =>
    {
        var lines = new List<RejectedLine>();
        using var rows = reader.Sql(
            """
            SELECT reason, committed_ms, file, offset, line FROM rejected WHERE ?1 IS NULL OR reason = ?1
            ORDER BY day DESC, reason, id LIMIT ?2
            """).Rows((int?)reason, limit);
        while (rows.Read())
        {
            lines.Add(new RejectedLine(
                (RejectReason)rows.Int(0), DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(1)), rows.Text(2), rows.Long(3), rows.Text(4)));
        }
        return lines;
    });
}
