using StatHub.Core.Journal;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Ledger;

/// <summary>The ledger in SQLite.</summary>
internal sealed class SqliteLedger(ReadPool readers) : ILedger
{
    public LedgerTotals Totals(MinuteRange committed, TenantId? tenant) => readers.Ask(reader =>
    {
        long counted = 0;
        var rejected = new SortedDictionary<RejectReason, long>();
        using var rows = tenant is null
            ? reader.Sql("SELECT outcome, sum(lines) FROM ledger WHERE minute >= ?1 AND minute < ?2 GROUP BY outcome").Rows(committed.From, committed.To)
            : reader.Sql(
                """
                SELECT outcome, sum(lines) FROM ledger WHERE tenant = (SELECT id FROM tenant WHERE name = ?3 AND registered = 1)
                    AND minute >= ?1 AND minute < ?2 GROUP BY outcome
                """).Rows(committed.From, committed.To, tenant.Value.ToString());
        while (rows.Read())
        {
            var outcome = (RejectReason)rows.Int(0);
            if (outcome == RejectReason.None)
                counted = rows.Long(1);
            else
                rejected.Add(outcome, rows.Long(1));
        }
        return new LedgerTotals(counted, rejected);
    });

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
