using System.Text;
using System.Text.RegularExpressions;
using StatHub.Core.Journal;
using StatHub.Core.Time;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Commits;

/// <summary>Books the outcomes of a batch, within the commit's transaction.</summary>
internal sealed partial class LedgerWriter(Writer writer)
{
    private const int MostSamplesPerReasonAndDay = 20;

    /// <summary>The ledger's tenant for lines of nobody known.</summary>
    public const long Nobody = 0;

    public void Write(HitBatch batch, long committedMilliseconds)
    {
        var minute = committedMilliseconds / 60_000;
        Write(minute, Nobody, batch.Unowned);
        foreach (var tenant in batch.Tenants)
            Write(minute, tenant.Tenant.Number, tenant.Outcomes);
        foreach (var sample in batch.Samples)
            Keep(sample, committedMilliseconds);
    }

    private void Write(long minute, long tenant, long[] outcomes)
    {
        for (var outcome = 0; outcome < outcomes.Length; outcome++)
        {
            if (outcomes[outcome] == 0)
                continue;
            writer.Sql(
                """
                INSERT INTO ledger (minute, tenant, outcome, lines) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (minute, tenant, outcome) DO UPDATE SET lines = lines + excluded.lines
                """).Run(minute, tenant, outcome, outcomes[outcome]);
        }
    }

    private void Keep(RejectedSample sample, long committedMilliseconds)
    {
        var day = UtcDay.OfMilliseconds(committedMilliseconds);
        var kept = writer.Sql("SELECT count(*) FROM rejected WHERE day = ?1 AND reason = ?2").Number(day, (int)sample.Reason);
        if (kept >= MostSamplesPerReasonAndDay)
            return;
        writer.Sql("INSERT INTO rejected (day, reason, committed_ms, file, offset, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Run(day, (int)sample.Reason, committedMilliseconds, sample.File, sample.Offset, Masked(sample.Line));
    }

    /// <summary>A refused line has no fields to treat, so whatever looks like an address is masked.</summary>
    private static string Masked(byte[] line) => Addresses().Replace(Encoding.UTF8.GetString(line), "×");

    [GeneratedRegex(@"\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){3,7}")]
    private static partial Regex Addresses();
}
