using StatHub.Core.Time;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Ledger;

/// <summary>
/// Sums of the whole ledger. A minute that is over gets no lines any longer, and an erase moves lines without a change of any sum; so what is settled is added up once, not with
/// every scrape. The ledger has a row for each tenant and minute with hits.
/// </summary>
internal sealed class SettledTotals(TimeProvider time)
{
    private const int MinutesToSettle = 10;
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    private volatile Sums _settled = new(0, new Dictionary<int, long>(), time.GetUtcNow(), time.GetTimestamp());

    /// <summary>Sums up to a minute, and when that was found out by both clocks.</summary>
    private sealed record Sums(long Minute, Dictionary<int, long> Lines, DateTimeOffset At, long Timestamp);

    /// <summary>Lines by outcome.</summary>
    public IReadOnlyDictionary<int, long> Read(Reader reader)
    {
        var (now, timestamp) = (time.GetUtcNow(), time.GetTimestamp());
        var settled = _settled;
        // A clock that was set back brings minutes again that were over.
        if (now - settled.At < time.GetElapsedTime(settled.Timestamp, timestamp) - Tolerance)
            settled = new Sums(0, [], now, timestamp);
        var minute = Math.Max(settled.Minute, MinuteRange.MinuteOf(now) - MinutesToSettle);
        _settled = settled = new Sums(minute, Add(reader, settled.Lines, settled.Minute, minute), now, timestamp);
        return Add(reader, settled.Lines, minute, long.MaxValue);
    }

    private static Dictionary<int, long> Add(Reader reader, Dictionary<int, long> lines, long from, long to)
    {
        var sums = new Dictionary<int, long>(lines);
        using var rows = reader.Sql("SELECT outcome, sum(lines) FROM ledger WHERE minute >= ?1 AND minute < ?2 GROUP BY outcome").Rows(from, to);
        while (rows.Read())
            sums[rows.Int(0)] = sums.GetValueOrDefault(rows.Int(0)) + rows.Long(1);
        return sums;
    }
}
