namespace StatHub.Storage.Backups;

/// <summary>The steps of a backup, in their order: where a crash is tried.</summary>
public enum BackupStep
{
    /// <summary>Its folder is there under a temporary name.</summary>
    Begun,

    /// <summary>The database is copied and read through.</summary>
    DatabaseCopied,

    /// <summary>A file of raw hits is copied.</summary>
    FileCopied,

    /// <summary>A file of the backup before has a second name in this one.</summary>
    FileLinked,

    /// <summary>All files are there and durable; what they are is not written.</summary>
    FilesSynced,

    /// <summary>The manifest is written and durable.</summary>
    ManifestWritten,

    /// <summary>The backup has its name: it is whole.</summary>
    Named,

    /// <summary>An older backup has lost its name and is still there.</summary>
    OldRenamed,

    /// <summary>It is removed.</summary>
    OldRemoved,
}
