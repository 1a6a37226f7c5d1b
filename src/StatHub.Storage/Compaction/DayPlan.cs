using System.Text;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Storage.Hits;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Compaction;

/// <summary>A tenant's day as the catalogue and the rollups had it at one moment.</summary>
/// <param name="File">The file that is to be made.</param>
/// <param name="TenantNumber">The number of its tenant.</param>
/// <param name="Before">The compacted file that it replaces.</param>
/// <param name="BatchBefore">The last batch of that; 0 without one.</param>
/// <param name="Batch">The last batch that goes into the new one.</param>
/// <param name="LateMembers">How many members are not in the file before.</param>
/// <param name="Unsorted">What is to be sorted: those members, or everything.</param>
/// <param name="BytesBefore">What the file before and they take.</param>
/// <param name="Keys">The hits of every key, as the rollups have them, in the order of keys.</param>
internal sealed record DayPlan(
    CompactedFile File, long TenantNumber, CompactedFile? Before, long BatchBefore, long Batch, int LateMembers, IReadOnlyList<DueHits> Unsorted,
    long BytesBefore, IReadOnlyList<KeyHits> Keys)
{
    public long Lines => Keys.Sum(key => key.Hits);

    /// <summary>The file whose lines are taken as they are; null when all are read anew.</summary>
    public CompactedFile? Sorted { get; init; }

    /// <summary>
    /// Plans a day. Null when there is nothing to do, or when sums by dimension of its hits wait in memory: what a crash takes of those is made again from the
    /// members of their batches.
    /// </summary>
    public static DayPlan? Read(Reader reader, TenantId tenant, long number, int day)
    {
        var (before, batchBefore, lengthBefore) = Compacted(reader, tenant, number, day);
        var (batch, lengthLate, members) = Late(reader, number, day, batchBefore);
        if (batch == 0 || batch > Counter(reader, "dimensions"))
            return null;
        var catalogue = Catalogue(reader, tenant, number, batch);
        return new DayPlan(
            new CompactedFile(catalogue.Compaction + 1, tenant, day), number, before, batchBefore, batch, members,
            catalogue.LateHitsOf(reader, day, batchBefore), lengthBefore + lengthLate, ReadKeys(reader, number, day))
        { Sorted = before };
    }

    /// <summary>Plans to read everything that a day has; null when that is nothing.</summary>
    public static DayPlan? ReadWhole(Reader reader, TenantId tenant, long number, int day)
    {
        var (before, batchBefore, lengthBefore) = Compacted(reader, tenant, number, day);
        var (batch, lengthLate, members) = Late(reader, number, day, batchBefore);
        if (before is null && batch == 0)
            return null;
        batch = Math.Max(batch, batchBefore);
        var catalogue = Catalogue(reader, tenant, number, batch);
        return new DayPlan(
            new CompactedFile(catalogue.Compaction + 1, tenant, day), number, before, batchBefore, batch, members,
            catalogue.HitsOf(reader, day, long.MinValue, long.MaxValue), lengthBefore + lengthLate, []);
    }

    /// <summary>What came after the plan was made.</summary>
    public IReadOnlyList<DueHits> ReadNewer(Reader reader, long batch) =>
        Catalogue(reader, File.Tenant, TenantNumber, Counter(reader, "batch")).LateHitsOf(reader, File.Day, batch);

    /// <summary>Whether everything is still there: an erase takes it away.</summary>
    public bool Holds(Func<string, Statement> sql)
    {
        var late = sql("SELECT count(*) FROM member WHERE tenant = ?1 AND day = ?2 AND batch > ?3 AND batch <= ?4").Number(TenantNumber, File.Day, BatchBefore, Batch);
        var last = sql("SELECT max(id) FROM compacted WHERE tenant = ?1 AND day = ?2").Number(TenantNumber, File.Day);
        return late == LateMembers && last == Before?.Id;
    }

    private static DayCatalogue Catalogue(Reader reader, TenantId tenant, long number, long batch) =>
        new(new HitScope(tenant), number, batch, Counter(reader, "compaction"), Counter(reader, "unsorted"));

    private static (CompactedFile? File, long Batch, long Length) Compacted(Reader reader, TenantId tenant, long number, int day)
    {
        using var rows = reader.Sql("SELECT id, batch, length FROM compacted WHERE tenant = ?1 AND day = ?2 ORDER BY id DESC LIMIT 1").Rows(number, day);
        return rows.Read() ? (new CompactedFile(rows.Long(0), tenant, day), rows.Long(1), rows.Long(2)) : default;
    }

    private static (long Batch, long Length, int Members) Late(Reader reader, long tenant, int day, long batchBefore)
    {
        using var rows = reader.Sql("SELECT coalesce(max(batch), 0), coalesce(sum(length), 0), count(*) FROM member WHERE tenant = ?1 AND day = ?2 AND batch > ?3")
            .Rows(tenant, day, batchBefore);
        rows.Read();
        return (rows.Long(0), rows.Long(1), rows.Int(2));
    }

    private static List<KeyHits> ReadKeys(Reader reader, long tenant, int day)
    {
        var keys = new List<KeyHits>();
        using var rows = reader.Sql("SELECT s.key, d.hits FROM series s JOIN day d ON d.series = s.id AND d.day = ?2 WHERE s.tenant = ?1 AND s.key <> '' ORDER BY s.key")
            .Rows(tenant, day);
        while (rows.Read())
            keys.Add(new KeyHits(Encoding.UTF8.GetBytes(rows.Text(0)), rows.Long(1)));
        return keys;
    }

    private static long Counter(Reader reader, string name) => reader.Sql("SELECT value FROM counter WHERE name = ?1").Number(name) ?? 0;
}

/// <summary>How many hits a key has.</summary>
internal readonly record struct KeyHits(byte[] Key, long Hits)
{
    public string Text => Encoding.UTF8.GetString(Key);
}
