using StatHub.Core.Tenants;

namespace StatHub.Storage.Tenants;

/// <summary>Folders of tenants below another one, removed as a whole.</summary>
internal static class TenantFolders
{
    private const string ErasedPrefix = "erased-";

    /// <summary>Removes the folder of an erased tenant. Who writes there can make no further file.</summary>
    public static void Remove(string path, TenantId tenant)
    {
        var folder = Path.Combine(path, tenant.ToString());
        if (!Directory.Exists(folder))
            return;
        var erased = Path.Combine(path, ErasedPrefix + tenant);
        // Of an erase that failed here.
        if (Directory.Exists(erased))
            Directory.Delete(erased, recursive: true);
        Directory.Move(folder, erased);
        Directory.Delete(erased, recursive: true);
    }

    /// <summary>Removes what a crash left of it.</summary>
    public static void RemoveErased(string path)
    {
        foreach (var erased in Directory.GetDirectories(path, ErasedPrefix + "*"))
            Directory.Delete(erased, recursive: true);
    }
}
