using StatHub.Core.Tenants;
using StatHub.Storage.Retention;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Segments;

/// <summary>
/// Removes the compacted files and rollup files of erased tenants, and overwrites their members of young segments with empty members of the same length, so that the other tenants' members
/// stay where they are and the file stays readable for zcat. What is to be overwritten is in the database first: a
/// crash in between is made up for at the next start.
/// </summary>
internal sealed class SegmentWiper(Writer writer, SegmentFolder folder, RollupFolder rollups)
{
    /// <summary>Removes what is left of a tenant that the catalogue has forgotten.</summary>
    public void Wipe(TenantId tenant)
    {
        folder.RemoveTenant(tenant);
        rollups.RemoveTenant(tenant);
        Wipe();
    }

    /// <summary>Overwrites what an erase has left to be overwritten.</summary>
    public void Wipe() => writer.Alone(() =>
    {
        foreach (var segment in Pending().GroupBy(one => one.Segment))
            Overwrite(segment.Key, segment);
        return true;
    });

    private List<(long Segment, long Offset, int Length)> Pending()
    {
        var pending = new List<(long, long, int)>();
        using var rows = writer.Sql("SELECT segment, offset, length FROM wipe").Rows();
        while (rows.Read())
            pending.Add((rows.Long(0), rows.Long(1), rows.Int(2)));
        return pending;
    }

    private void Overwrite(long segment, IEnumerable<(long Segment, long Offset, int Length)> members)
    {
        using (var file = File.OpenHandle(folder.PathOf(segment), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            foreach (var (_, offset, length) in members)
                RandomAccess.Write(file, Fillers(length).Select(filler => (ReadOnlyMemory<byte>)filler).ToList(), offset);
            RandomAccess.FlushToDisk(file);
        }
        writer.Sql("DELETE FROM wipe WHERE segment = ?1").Run(segment);
    }

    /// <summary>Empty members that fill a length to the byte.</summary>
    public static IEnumerable<byte[]> Fillers(int length)
    {
        while (length > 0)
        {
            var filler = GzipMember.Filler(length);
            // What is left must be long enough for a member of its own.
            if (length - filler.Length is > 0 and < GzipMember.Smallest)
                filler = GzipMember.Filler(filler.Length - GzipMember.Smallest);
            yield return filler;
            length -= filler.Length;
        }
    }
}
