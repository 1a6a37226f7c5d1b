namespace StatHub.Storage.Sqlite;

/// <summary>The steps of bringing a database from one version to the next, in their order: where a crash is tried.</summary>
public enum MigrationStep
{
    /// <summary>The transaction has begun.</summary>
    Begun,

    /// <summary>Tables are those of the next version; the version is not.</summary>
    TablesChanged,

    /// <summary>The version is the next one; nothing is committed.</summary>
    VersionSet,

    /// <summary>It is committed.</summary>
    Committed,
}
