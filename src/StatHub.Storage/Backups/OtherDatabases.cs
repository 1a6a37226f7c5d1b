using StatHub.Storage.Alerts;
using StatHub.Storage.Logs;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Stats;

namespace StatHub.Storage.Backups;

/// <summary>The databases that a backup has beside that of hits.</summary>
internal static class OtherDatabases
{
    public static IReadOnlyList<DatabaseFile> All { get; } = [.. StatsSchema.Files, ImportTable.File, AlertsSchema.File];
}
