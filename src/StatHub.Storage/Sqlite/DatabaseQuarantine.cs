using System.Globalization;
using StatHub.Storage.Backups;
using StatHub.Storage.Posix;
using StatHub.Storage.Recovery;

namespace StatHub.Storage.Sqlite;

/// <summary>
/// Where damaged databases go that cannot be made again. Nothing else has what was in them, so as long as one is there somebody has to be told: it is to be put back from a backup, or removed.
/// </summary>
public sealed class DatabaseQuarantine
{
    private readonly string _dataPath;
    private readonly string _name;

    internal DatabaseQuarantine(string dataPath, DatabaseFile file) => (_dataPath, _name) = (dataPath, file.Name);

    /// <summary>The damaged databases that are there, the oldest first.</summary>
    public IReadOnlyList<string> Files => !Directory.Exists(Folder) ? [] :
    [
        .. Directory.GetDirectories(Folder).Order(StringComparer.Ordinal)
            .Select(folder => Path.Combine(folder, _name)).Where(File.Exists),
    ];

    private string Folder => Path.Combine(_dataPath, "quarantine");

    /// <summary>Moves the database there when it is damaged; a new one begins then.</summary>
    internal void TakeDamaged(DateTimeOffset now)
    {
        var path = Path.Combine(_dataPath, _name);
        if (!File.Exists(path))
            return;
        if (QuickCheck.Damage(path) is not null)
            Take(now);
        else
            File.Delete(DatabaseFile.SuspicionOf(path));
    }

    /// <summary>Moves the database there; nobody has it open.</summary>
    internal void Take(DateTimeOffset now)
    {
        var folder = Path.Combine(Folder, now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        // The database is the last: a start that is interrupted finds it damaged again.
        foreach (var file in Directory.GetFiles(_dataPath, _name + "*").OrderByDescending(file => file.Length))
            File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        BackupFolder.Sync(folder);
        Libc.SyncFolder(Folder);
        Libc.SyncFolder(_dataPath);
    }
}
