namespace StatHub.Storage.Backups;

/// <summary>Where backups go, and how.</summary>
public sealed record BackupSettings
{
    /// <summary>The folder that has a folder for each backup.</summary>
    public required string Folder { get; init; }

    /// <summary>How many backups are kept; older ones are removed when a new one is whole.</summary>
    public int Keep { get; init; } = 7;

    /// <summary>Files are read at no more than so many bytes a second; 0 is as fast as it goes.</summary>
    public long MostBytesPerSecond { get; init; }

    /// <summary>Called at each step, for tests that crash there.</summary>
    public Action<BackupStep>? OnStep { get; init; }
}

/// <summary>A backup that is whole.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Batch">The last commit that is in it.</param>
/// <param name="Files">How many files it has, the manifest not counted.</param>
/// <param name="Bytes">Their length together.</param>
/// <param name="LinkedBytes">How much of that it shares with the backup before.</param>
/// <param name="Removed">How many older backups were removed.</param>
public sealed record MadeBackup(string Path, long Batch, int Files, long Bytes, long LinkedBytes, int Removed);
