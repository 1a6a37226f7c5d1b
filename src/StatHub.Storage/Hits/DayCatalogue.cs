using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Text;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Hits;

/// <summary>Where a scope's hits of a day are, in the state of the catalogue that a reader began with.</summary>
/// <param name="Scope">Whose hits.</param>
/// <param name="Tenant">The tenant's number; null when there is none.</param>
/// <param name="NewestBatch">The last commit that is seen.</param>
/// <param name="Compaction">The last compaction that is seen.</param>
/// <param name="UnsortedUntil">The last commit of a version that did not sort hits of one millisecond.</param>
internal sealed record DayCatalogue(HitScope Scope, long? Tenant, long NewestBatch, long Compaction, long UnsortedUntil)
{
    /// <summary>So many keys of a compacted day are read side by side.</summary>
    public const int MostKeysAtOnce = 256;

    /// <summary>The next day that has hits.</summary>
    public long? NextDay(Reader reader, long day) => Tenant is null ? null : reader.Sql(
        """
        SELECT min(day) FROM (
            SELECT min(day) AS day FROM member WHERE tenant = ?1 AND day >= ?2
            UNION ALL SELECT min(day) FROM compacted WHERE tenant = ?1 AND day >= ?2 AND id <= ?3)
        """).Number(Tenant, day, Compaction);

    /// <summary>What may hold hits of a day and range, in the order of their earliest.</summary>
    public List<DueHits> HitsOf(Reader reader, long day, long from, long to)
    {
        var hits = new List<DueHits>();
        var compacted = Compacted(reader, day);
        if (compacted is { } file)
            hits.AddRange(Arranged(Members(reader, file.File, file.Batch, from, to)));
        hits.AddRange(Young(reader, day, compacted?.Batch ?? 0, from, to));
        // The order is stable: the members of a key follow one another.
        return [.. hits.OrderBy(one => one.First)];
    }

    /// <summary>The members of a day that are not in its compacted file.</summary>
    public List<DueHits> LateHitsOf(Reader reader, int day, long compactedBatch) => Young(reader, day, compactedBatch, long.MinValue, long.MaxValue);

    private (CompactedFile File, long Batch)? Compacted(Reader reader, long day)
    {
        using var rows = reader.Sql("SELECT id, batch FROM compacted WHERE tenant = ?1 AND day = ?2 AND id <= ?3 ORDER BY id DESC LIMIT 1")
            .Rows(Tenant, day, Compaction);
        return rows.Read() ? (new CompactedFile(rows.Long(0), Scope.Tenant, (int)day), rows.Long(1)) : null;
    }

    private List<KeyedMember> Members(Reader reader, CompactedFile file, long batch, long from, long to)
    {
        var key = Scope.Key is { } one ? Encoding.UTF8.GetBytes(one.ToString()) : null;
        var name = file.Name;
        var members = new List<KeyedMember>();
        using var rows = reader.Sql(
            """
            SELECT first_ms, last_ms, offset, length, number, first_key = last_key, first_key FROM compacted_member
            WHERE file = ?1 AND last_ms >= ?2 AND first_ms < ?3 AND (?4 IS NULL OR ?4 BETWEEN first_key AND last_key) ORDER BY number
            """).Rows(file.Id, from, to, key!);
        while (rows.Read())
        {
            var row = new MemberRow(rows.Long(0), rows.Long(1), batch, 0, rows.Long(2), rows.Int(3)) { Compacted = name, Number = rows.Int(4), HasOneKey = rows.Int(5) != 0 };
            members.Add(new KeyedMember(row, rows.Blob(6).ToArray()));
        }
        return members;
    }

    /// <summary>
    /// Within a member of several keys hits are not in the order of time, unless only one of its keys is wanted. So of a whole tenant
    /// the keys with the most bytes are read side by side, and all others are merged in passes.
    /// </summary>
    private IEnumerable<DueHits> Arranged(List<KeyedMember> members)
    {
        if (Scope.Key is not null)
            return members.Select(member => DueHits.Of(member.Row));
        var alone = members.Where(member => member.Row.HasOneKey)
            .GroupBy(member => member.FirstKey, BytesComparer.Instance)
            .OrderByDescending(key => key.Sum(member => (long)member.Row.Length))
            .Take(MostKeysAtOnce)
            .SelectMany(key => key.Select(member => member.Row))
            .ToHashSet();
        var scattered = members.Select(member => member.Row).Where(row => !alone.Contains(row)).ToList();
        var arranged = members.Select(member => member.Row).Where(alone.Contains).Select(DueHits.Of);
        return scattered.Count == 0 ? arranged : arranged.Append(DueHits.Of(scattered));
    }

    private List<DueHits> Young(Reader reader, long day, long compactedBatch, long from, long to)
    {
        var members = new List<DueHits>();
        using var rows = reader.Sql(
            """
            SELECT first_ms, last_ms, batch, segment, offset, length FROM member
            WHERE tenant = ?1 AND day = ?2 AND batch <= ?3 AND last_ms >= ?4 AND first_ms < ?5 AND batch > ?6 ORDER BY first_ms, batch
            """).Rows(Tenant, day, NewestBatch, from, to, compactedBatch);
        while (rows.Read())
        {
            members.Add(DueHits.Of(new MemberRow(rows.Long(0), rows.Long(1), rows.Long(2), rows.Long(3), rows.Long(4), rows.Int(5))
            {
                IsUnsorted = rows.Long(2) <= UnsortedUntil,
            }));
        }
        return members;
    }

    private readonly record struct KeyedMember(MemberRow Row, byte[] FirstKey);
}
