using StatHub.Core.Work;

namespace StatHub.Storage.Backups;

/// <summary>Backups of the whole store, while it is in use. One is made at a time; it may be stopped at any moment.</summary>
public sealed class StoreBackups : IDisposable
{
    // An erase is rare; who erases tenant after tenant is waited for.
    private const int MostTries = 5;

    private readonly BackupOrigin _origin;
    private readonly BackupSettings _settings;
    private readonly BackupFolder _folder;
    private readonly SemaphoreSlim _one = new(1, 1);

    internal StoreBackups(BackupOrigin origin, BackupSettings settings) =>
        (_origin, _settings, _folder) = (origin, settings, new BackupFolder(settings.Folder));

    /// <summary>Removes what a crash left of backups.</summary>
    public void RemoveLeftovers() => _folder.RemoveLeftovers();

    /// <summary>Makes a backup, then removes those that are more than are kept.</summary>
    /// <param name="progress">Told how many bytes are read.</param>
    /// <param name="cancellationToken">Stops it; nothing half is left.</param>
    /// <exception cref="StoreException">A file is not what the database says, the disk has too little left, or tenant after tenant was erased.</exception>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public async Task<MadeBackup> MakeAsync(Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _folder.RemoveLeftovers();
            var made = await WriteAsync(progress, cancellationToken).ConfigureAwait(false);
            return made with { Removed = _folder.RemoveOld(made.Path, _settings.Keep, _settings.OnStep ?? (_ => { })) };
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<MadeBackup> WriteAsync(Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var writer = new BackupWriter(_origin, _settings, progress, cancellationToken);
            try
            {
                if (await writer.TryWriteAsync().ConfigureAwait(false) is { } made)
                    return made;
            }
            catch (Exception exception) when (exception is IOException or StoreException && writer.IsErased)
            {
                // The erase took away what was to be copied.
            }
        }
        throw new StoreException($"Tenants were erased while the backup was made, {MostTries} times. Make it again when that is over.");
    }
}
