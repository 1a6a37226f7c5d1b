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
    // Members that a retention has forgotten and that readers which began before it may still want, and whose they are. Only the writer's.
    private readonly Dictionary<(long Segment, long Offset), TenantId> _spared = [];

    /// <summary>Removes what is left of a tenant that the catalogue has forgotten.</summary>
    public void Wipe(TenantId tenant)
    {
        folder.RemoveTenant(tenant);
        rollups.RemoveTenant(tenant);
        writer.Alone(() =>
        {
            foreach (var (member, _) in _spared.Where(one => one.Value == tenant).ToList())
                _spared.Remove(member);
            return Overwrite();
        });
    }

    /// <summary>Overwrites everything that is left to be overwritten.</summary>
    public void Wipe() => writer.Alone(() =>
    {
        _spared.Clear();
        return Overwrite();
    });

    /// <summary>Leaves a member that is to be overwritten as it is until everything is, or until its tenant is erased; within a transaction.</summary>
    public void Spare(TenantId tenant, long segment, long offset) => _spared[(segment, offset)] = tenant;

    private bool Overwrite()
    {
        foreach (var segment in Pending().Where(one => !_spared.ContainsKey((one.Segment, one.Offset))).GroupBy(one => one.Segment))
            Overwrite(segment.Key, [.. segment]);
        return true;
    }

    private List<(long Segment, long Offset, int Length)> Pending()
    {
        var pending = new List<(long, long, int)>();
        using var rows = writer.Sql("SELECT segment, offset, length FROM wipe").Rows();
        while (rows.Read())
            pending.Add((rows.Long(0), rows.Long(1), rows.Int(2)));
        return pending;
    }

    private void Overwrite(long segment, List<(long Segment, long Offset, int Length)> members)
    {
        using (var file = File.OpenHandle(folder.PathOf(segment), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            foreach (var (_, offset, length) in members)
                RandomAccess.Write(file, Fillers(length).Select(filler => (ReadOnlyMemory<byte>)filler).ToList(), offset);
            RandomAccess.FlushToDisk(file);
        }
        foreach (var (_, offset, _) in members)
            writer.Sql("DELETE FROM wipe WHERE segment = ?1 AND offset = ?2").Run(segment, offset);
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
