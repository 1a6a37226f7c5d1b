using StatHub.Core.Hits;
using StatHub.Core.Time;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Hits;

/// <summary>Raw hits from segments: those of compacted days, and those that came later.</summary>
internal sealed class SegmentRawHits(ReadPool readers, SegmentFolder segments, Snapshots snapshots) : IRawHits
{
    private const long PerMinute = 60_000;
    private const long PerDay = UtcDay.Milliseconds;

    public IRawHitReader Open(HitScope scope, MinuteRange range, RawHitPosition? after)
    {
        var from = Math.Max(range.From * PerMinute, after?.UnixMilliseconds ?? long.MinValue);
        var to = range.To * PerMinute;
        var snapshot = snapshots.Open();
        try
        {
            var catalogue = readers.Ask(reader => CatalogueOf(reader, scope));
            snapshot.Compaction = catalogue.Compaction;
            var mark = scope.Key is { } key ? StoredHit.KeyMark(scope.Tenant, key) : null;
            return new RawHitReader(segments, snapshot, Hits(catalogue, from, to), mark, from, to, after);
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    private static DayCatalogue CatalogueOf(Reader reader, HitScope scope)
    {
        long Counter(string name) => reader.Sql("SELECT value FROM counter WHERE name = ?1").Number(name) ?? 0;
        var tenant = reader.Sql("SELECT id FROM tenant WHERE name = ?1 AND registered = 1").Number(scope.Tenant.ToString());
        return new DayCatalogue(scope, tenant, Counter("batch"), Counter("compaction"), Counter("unsorted"));
    }

    /// <summary>What may hold hits of a range, in the order of their earliest; asked day by day.</summary>
    private IEnumerable<DueHits> Hits(DayCatalogue catalogue, long from, long to)
    {
        for (var day = NextDay(catalogue, from / PerDay); day is not null && day < (to + PerDay - 1) / PerDay; day = NextDay(catalogue, day.Value + 1))
        {
            foreach (var hits in readers.Ask(reader => catalogue.HitsOf(reader, day.Value, from, to)))
                yield return hits;
        }
    }

    private long? NextDay(DayCatalogue catalogue, long day) => readers.Ask(reader => catalogue.NextDay(reader, day));
}
