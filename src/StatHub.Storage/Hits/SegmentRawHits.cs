using StatHub.Core.Hits;
using StatHub.Core.Time;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Hits;

/// <summary>Raw hits from segments.</summary>
internal sealed class SegmentRawHits(ReadPool readers, SegmentFolder segments) : IRawHits
{
    private const long PerMinute = 60_000;

    public IRawHitReader Open(HitScope scope, MinuteRange range, RawHitPosition? after)
    {
        var from = Math.Max(range.From * PerMinute, after?.UnixMilliseconds ?? long.MinValue);
        var to = range.To * PerMinute;
        var (tenant, newest) = readers.Ask(reader => (
            reader.Sql("SELECT id FROM tenant WHERE name = ?1 AND registered = 1").Number(scope.Tenant.ToString()),
            reader.Sql("SELECT value FROM counter WHERE name = 'batch'").Number() ?? 0));
        var mark = scope.Key is { } key ? StoredHit.KeyMark(scope.Tenant, key) : null;
        IEnumerable<MemberRow> members = tenant is null ? [] : Members(tenant.Value, newest, from, to);
        return new RawHitReader(segments, members, mark, from, to, after);
    }

    /// <summary>The members that may hold hits of a range, in the order of their earliest; asked day by day.</summary>
    private IEnumerable<MemberRow> Members(long tenant, long newestBatch, long from, long to)
    {
        for (var day = NextDay(tenant, from / 86_400_000); day is not null && day < (to + 86_399_999) / 86_400_000; day = NextDay(tenant, day.Value + 1))
        {
            foreach (var member in MembersOf(tenant, day.Value, newestBatch, from, to))
                yield return member;
        }
    }

    private long? NextDay(long tenant, long day) => readers.Ask(reader =>
        reader.Sql("SELECT min(day) FROM member WHERE tenant = ?1 AND day >= ?2").Number(tenant, day));

    private List<MemberRow> MembersOf(long tenant, long day, long newestBatch, long from, long to) => readers.Ask(reader =>
    {
        var members = new List<MemberRow>();
        using var rows = reader.Sql(
            """
            SELECT first_ms, last_ms, batch, segment, offset, length FROM member
            WHERE tenant = ?1 AND day = ?2 AND batch <= ?3 AND last_ms >= ?4 AND first_ms < ?5 ORDER BY first_ms, batch
            """).Rows(tenant, day, newestBatch, from, to);
        while (rows.Read())
            members.Add(new MemberRow(rows.Long(0), rows.Long(1), rows.Long(2), rows.Long(3), rows.Long(4), rows.Int(5)));
        return members;
    });
}
