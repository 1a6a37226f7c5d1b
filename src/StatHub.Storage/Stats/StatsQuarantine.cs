using System.Globalization;
using StatHub.Storage.Backups;
using StatHub.Storage.Posix;
using StatHub.Storage.Recovery;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>
/// Where damaged databases of stats go. Nothing else has what was in them, so as long as one is there somebody has to be told: it is to be put back from a backup, or removed.
/// </summary>
public sealed class StatsQuarantine
{
    private readonly string _dataPath;

    internal StatsQuarantine(string dataPath) => _dataPath = dataPath;

    /// <summary>The damaged databases that are there, the oldest first.</summary>
    public IReadOnlyList<string> Files => !Directory.Exists(Folder) ? [] :
    [
        .. Directory.GetDirectories(Folder).Order(StringComparer.Ordinal)
            .Select(folder => Path.Combine(folder, StatsSchema.File.Name)).Where(File.Exists),
    ];

    private string Folder => Path.Combine(_dataPath, "quarantine");

    /// <summary>Moves the database there when it is damaged; a new one begins then.</summary>
    internal void TakeDamaged(DateTimeOffset now)
    {
        var path = Path.Combine(_dataPath, StatsSchema.File.Name);
        if (!File.Exists(path))
            return;
        if (QuickCheck.Damage(path) is not null)
            Take(Path.Combine(Folder, now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)));
        else
            File.Delete(DatabaseFile.SuspicionOf(path));
    }

    private void Take(string folder)
    {
        Directory.CreateDirectory(folder);
        // The database is the last: a start that is interrupted finds it damaged again.
        foreach (var file in Directory.GetFiles(_dataPath, StatsSchema.File.Name + "*").OrderByDescending(file => file.Length))
            File.Move(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        BackupFolder.Sync(folder);
        Libc.SyncFolder(Folder);
        Libc.SyncFolder(_dataPath);
    }
}
