using System.Globalization;
using StatHub.Storage.Posix;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Backups;

/// <summary>A data folder that a backup is put into. What belongs to its store gives way; journal, salts and the admin's token stay.</summary>
internal sealed class RestoreFolder(string path)
{
    private static readonly string[] Databases = [.. OtherDatabases.All.Append(DatabaseFile.Hits).Select(file => file.Name)];

    private static readonly string[] OfStore =
        [.. Databases.SelectMany(name => (string[])[name, name + "-wal", name + "-shm", DatabaseFile.SuspicionOf(name)]), "segments", "rollups", "backup"];

    /// <summary>Where files are copied to; whatever is there is nobody's.</summary>
    public string Copied { get; } = Path.Combine(path, "restore.tmp");

    /// <summary>Where they are while the store is being replaced: a start that finds it refuses.</summary>
    private string Switching => SwitchingIn(path);

    /// <summary>Refuses a folder that a restore was interrupted in.</summary>
    /// <exception cref="StoreException">It was.</exception>
    public static void RefuseHalf(string path)
    {
        if (Directory.Exists(SwitchingIn(path)))
            throw new StoreException($"A restore into {path} was interrupted. Run stathub restore once more.");
    }

    /// <summary>Refuses to take the place of a store.</summary>
    /// <exception cref="StoreException">There is one, and it may not be moved aside.</exception>
    public void RefuseStore(bool replace)
    {
        // What an interrupted restore left is no store of anybody.
        if (!replace && !Directory.Exists(Switching) && HasStore)
            throw new StoreException($"{path} has a store already. With --replace it is moved aside within the folder, and nothing of it is deleted.");
    }

    /// <summary>Removes what an earlier restore copied and did not need.</summary>
    public void Clear()
    {
        if (Directory.Exists(Copied))
            Directory.Delete(Copied, recursive: true);
    }

    /// <summary>Puts what was copied in the place of the store.</summary>
    /// <returns>Where the old one is; null when there was none.</returns>
    public string? Switch(DateTimeOffset now)
    {
        if (Directory.Exists(Switching))
            Directory.Delete(Switching, recursive: true);
        Directory.Move(Copied, Switching);
        Libc.SyncFolder(path);
        var replaced = HasStore ? MoveAside(now) : null;
        // The database of hits is the last: segments without one are not taken for a store.
        foreach (var name in (string[])["segments", "rollups", .. Databases])
        {
            var (restored, place) = (Path.Combine(Switching, name), Path.Combine(path, name));
            if (!Path.Exists(restored))
                continue;
            // An empty folder is no store, and in the way.
            if (Directory.Exists(place))
                Directory.Delete(place);
            Directory.Move(restored, place);
        }
        Libc.SyncFolder(path);
        Directory.Delete(Switching, recursive: true);
        Libc.SyncFolder(path);
        return replaced;
    }

    private static string SwitchingIn(string path) => Path.Combine(path, "restoring");

    private bool HasStore => OfStore.Select(name => Path.Combine(path, name))
        .Any(place => File.Exists(place) || Directory.Exists(place) && Directory.EnumerateFileSystemEntries(place).Any());

    private string MoveAside(DateTimeOffset now)
    {
        var name = now.UtcDateTime.ToString("'replaced-'yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var replaced = Path.Combine(path, name);
        for (var number = 1; Directory.Exists(replaced); number++)
            replaced = Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{name}.{number}"));
        Directory.CreateDirectory(replaced, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var old in OfStore)
        {
            if (Path.Exists(Path.Combine(path, old)))
                Directory.Move(Path.Combine(path, old), Path.Combine(replaced, old));
        }
        Libc.SyncFolder(replaced);
        Libc.SyncFolder(path);
        return replaced;
    }
}
