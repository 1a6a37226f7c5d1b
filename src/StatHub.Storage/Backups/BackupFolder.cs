using System.Globalization;
using System.Text.RegularExpressions;
using StatHub.Storage.Posix;
using StatHub.Storage.Segments;

namespace StatHub.Storage.Backups;

/// <summary>The folder of backups. What has its final name and a manifest is whole; what is called <c>.tmp</c> is nobody's.</summary>
internal sealed partial class BackupFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>All whole backups, the oldest first.</summary>
    public IReadOnlyList<string> Whole() => !Directory.Exists(path) ? [] :
    [
        .. Directory.GetDirectories(path)
            .Where(folder => NamePattern().IsMatch(Path.GetFileName(folder)) && File.Exists(Path.Combine(folder, BackupManifest.FileName)))
            .OrderBy(folder => Path.GetFileName(folder)[..NameLength], StringComparer.Ordinal).ThenBy(Number),
    ];

    /// <summary>Removes what a crash left.</summary>
    public void RemoveLeftovers()
    {
        if (!Directory.Exists(path))
            return;
        foreach (var folder in Directory.GetDirectories(path, "*" + SegmentFolder.Temporary))
        {
            if (NamePattern().IsMatch(Path.GetFileNameWithoutExtension(folder)))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The final path of a new backup: a further one of the same second gets a number.</summary>
    public string NewPath(DateTimeOffset now)
    {
        Directory.CreateDirectory(path, OwnerOnly);
        var name = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var full = Path.Combine(path, name);
        for (var number = 1; Directory.Exists(full); number++)
            full = Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{name}.{number}"));
        return full;
    }

    /// <summary>Makes the folder in which a backup is written.</summary>
    public static string Begin(string backup)
    {
        var temporary = backup + SegmentFolder.Temporary;
        Directory.CreateDirectory(temporary, OwnerOnly);
        return temporary;
    }

    /// <summary>Gives a backup that is durable its name.</summary>
    public void Name(string temporary, string backup)
    {
        Directory.Move(temporary, backup);
        Libc.SyncFolder(path);
    }

    /// <summary>Makes the names of all files below a folder durable.</summary>
    public static void Sync(string folder)
    {
        foreach (var inner in Directory.GetDirectories(folder, "*", SearchOption.AllDirectories))
            Libc.SyncFolder(inner);
        Libc.SyncFolder(folder);
    }

    /// <summary>Removes the oldest backups. One that is half removed is not taken for whole: it loses its name first.</summary>
    /// <param name="made">The new one, which stays: after a clock was set back its name is not the last.</param>
    /// <param name="keep">How many stay, the new one among them.</param>
    /// <param name="onStep">Told what is done.</param>
    /// <returns>How many went.</returns>
    public int RemoveOld(string made, int keep, Action<BackupStep> onStep)
    {
        var old = Whole().Where(backup => backup != made).SkipLast(keep - 1).ToList();
        foreach (var backup in old)
        {
            var removed = backup + SegmentFolder.Temporary;
            Directory.Move(backup, removed);
            Libc.SyncFolder(path);
            onStep(BackupStep.OldRenamed);
            Directory.Delete(removed, recursive: true);
            onStep(BackupStep.OldRemoved);
        }
        return old.Count;
    }

    // yyyyMMddTHHmmssZ
    private const int NameLength = 16;

    private static int Number(string folder) =>
        int.TryParse(Path.GetFileName(folder).AsSpan(NameLength).TrimStart('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex(@"\A\d{8}T\d{6}Z(\.\d{1,6})?\z")]
    private static partial Regex NamePattern();
}
