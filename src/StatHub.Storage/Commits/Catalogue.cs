using System.Collections.Concurrent;
using System.IO.Compression;
using StatHub.Core.Journal;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Commits;

/// <summary>A batch's raw lines as members of the young segment, and the rows that find them again.</summary>
internal sealed class Catalogue(Writer writer)
{
    /// <summary>A member for one tenant and day.</summary>
    internal sealed record Entry(TenantBatch Tenant, int Day, RawLines Lines, ReadOnlyMemory<byte> Member);

    /// <summary>Sums the hits of each tenant and compresses the lines of each tenant and day, all of it in parallel.</summary>
    public static IReadOnlyList<Entry> SumAndCompress(HitBatch batch, long number)
    {
        var entries = new ConcurrentBag<Entry>();
        var sums = batch.Tenants.Select(tenant => (Action)tenant.Sum);
        var members = from tenant in batch.Tenants
                      from day in tenant.Days
                      select (Action)(() => entries.Add(Compress(tenant, day.Key, day.Value, number)));
        Parallel.ForEach(sums.Concat(members), action => action());
        return [.. entries.OrderBy(entry => entry.Tenant.Tenant.Number).ThenBy(entry => entry.Day)];
    }

    public void Write(IReadOnlyList<Entry> entries, long batch, long segment, long offset)
    {
        var insert = writer.Sql(
            """
            INSERT INTO member (tenant, day, first_ms, batch, last_ms, segment, offset, length, lines)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        foreach (var entry in entries)
        {
            insert.Run(
                entry.Tenant.Tenant.Number, entry.Day, entry.Lines.First, batch, entry.Lines.Last, segment, offset, entry.Member.Length, entry.Lines.Count);
            offset += entry.Member.Length;
        }
    }

    private static Entry Compress(TenantBatch tenant, int day, RawLines lines, long batch)
    {
        var header = new MemberHeader(BatchHeader.CurrentVersion, batch, tenant.Tenant.Id.ToString(), day, lines.Count, lines.First, lines.Last);
        return new Entry(tenant, day, lines, GzipMember.Compress(lines, header.ToExtraField(), CompressionLevel.Fastest));
    }
}
