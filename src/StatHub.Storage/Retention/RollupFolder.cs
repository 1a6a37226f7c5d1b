using System.Globalization;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Posix;
using StatHub.Storage.Segments;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Retention;

/// <summary>Where rollup files are: a folder for each tenant, a file for each day.</summary>
internal sealed class RollupFolder(string dataPath)
{
    private const string DayFormat = "yyyy-MM-dd";

    public string Path { get; } = System.IO.Path.Combine(dataPath, "rollups");

    /// <summary>A file, by its name.</summary>
    internal readonly record struct Entry(int Day, long Batch, string Path);

    public string PathOf(TenantId tenant, int day, long batch) => System.IO.Path.Combine(
        FolderOf(tenant), string.Create(CultureInfo.InvariantCulture, $"{UtcDay.Date(day).ToString(DayFormat, CultureInfo.InvariantCulture)}.{batch}{SegmentFolder.Extension}"));

    /// <summary>Makes the folder of a tenant, durably.</summary>
    public void Create(TenantId tenant)
    {
        Directory.CreateDirectory(FolderOf(tenant));
        Libc.SyncFolder(Path);
        Libc.SyncFolder(dataPath);
    }

    /// <summary>The files of a tenant. Of several of a day the one with the highest batch counts.</summary>
    public IReadOnlyList<Entry> Files(TenantId tenant) =>
        Directory.Exists(FolderOf(tenant)) ? [.. Directory.GetFiles(FolderOf(tenant)).Select(Parse).OfType<Entry>()] : [];

    /// <summary>Removes the files of a day that one with a higher batch has replaced.</summary>
    public void RemoveReplaced(TenantId tenant, int day, long batch)
    {
        foreach (var file in Files(tenant).Where(file => file.Day == day && file.Batch < batch))
            SegmentFolder.Remove(file.Path);
    }

    /// <summary>Removes the folder of an erased tenant.</summary>
    public void RemoveTenant(TenantId tenant) => TenantFolders.Remove(Path, tenant);

    /// <summary>Removes what a crash left: files that are not whole or are replaced, folders of erased tenants. Whom the database does not know keeps what there is.</summary>
    public void Recover(IEnumerable<TenantId> erased)
    {
        if (!Directory.Exists(Path))
            return;
        TenantFolders.RemoveErased(Path);
        foreach (var tenant in erased)
            RemoveTenant(tenant);
        foreach (var temporary in Directory.GetFiles(Path, "*" + SegmentFolder.Temporary, SearchOption.AllDirectories))
            File.Delete(temporary);
        foreach (var folder in Directory.GetDirectories(Path))
        {
            if (!TenantId.TryParse(System.IO.Path.GetFileName(folder), out var tenant))
                continue;
            foreach (var day in Files(tenant).GroupBy(file => file.Day))
                RemoveReplaced(tenant, day.Key, day.Max(file => file.Batch));
        }
    }

    private string FolderOf(TenantId tenant) => System.IO.Path.Combine(Path, tenant.ToString());

    /// <summary>Whatever has another name is none of ours.</summary>
    private static Entry? Parse(string path) =>
        System.IO.Path.GetFileName(path).Split('.', 3) is [var date, var number, "jsonl.gz"]
        && DateOnly.TryParseExact(date, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var batch) ? new Entry(UtcDay.Of(day), batch, path) : null;
}
