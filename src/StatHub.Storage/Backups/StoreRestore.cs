using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Work;
using StatHub.Storage.Compaction;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Backups;

/// <summary>Puts a backup into a data folder that nobody uses. Nothing there changes before every byte of the backup is copied and compared.</summary>
/// <param name="backup">The folder of the backup.</param>
/// <param name="dataPath">The data folder; it is made when it is not there.</param>
/// <param name="replace">Whether a store that is there may be moved aside.</param>
/// <param name="time">Tells when.</param>
public sealed class StoreRestore(string backup, string dataPath, bool replace, TimeProvider time)
{
    private const long LeastFreeBytes = 128 * 1024 * 1024;

    /// <summary>Restores, then opens the store once.</summary>
    /// <param name="progress">Told how many bytes are copied.</param>
    /// <param name="cancellationToken">Stops it while it copies; the folder is as before then.</param>
    /// <exception cref="StoreException">The backup is damaged, or the folder is in use or has a store; the folder is as before.</exception>
    public async Task<RestoredStore> RunAsync(Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        var manifest = BackupManifest.Read(backup);
        Directory.CreateDirectory(dataPath);
        string? replaced;
        BackupState state;
        using (DataLock.Take(dataPath))
        {
            var folder = new RestoreFolder(dataPath);
            folder.RefuseStore(replace);
            try
            {
                folder.Clear();
                await CopyAsync(manifest, folder.Copied, progress, cancellationToken).ConfigureAwait(false);
                state = BackupState.Read(folder.Copied, manifest);
                // An erase since the backup was made, here or there, is one.
                new Erasures(dataPath).Merge(new Erasures(folder.Copied));
                replaced = folder.Switch(time.GetUtcNow());
            }
            finally
            {
                folder.Clear();
            }
        }
        return Open(manifest, state, replaced);
    }

    private async Task CopyAsync(BackupManifest manifest, string target, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        var needed = manifest.Files.Sum(file => file.Length);
        var free = new DriveInfo(dataPath).AvailableFreeSpace;
        if (free < needed + LeastFreeBytes)
            throw new StoreException($"The disk of {dataPath} has {free} bytes left, and the backup takes {needed}.");
        var copy = new HashedCopy(new Throttle(0, time), progress, cancellationToken) { Total = needed };
        foreach (var file in manifest.Files)
        {
            var source = new FileInfo(Path.Combine(backup, file.Name));
            if (!source.Exists || source.Length != file.Length)
                throw new StoreException($"The backup is damaged: {source.FullName} has {(source.Exists ? source.Length : 0)} bytes, and {BackupManifest.FileName} says {file.Length}.");
            if (await copy.CopyAsync(source.FullName, Path.Combine(target, file.Name), file.Length, []).ConfigureAwait(false) != file.Sha256)
                throw new StoreException($"The backup is damaged: {source.FullName} has other bytes than when it was made.");
        }
        BackupFolder.Sync(target);
        DatabaseCheck.Run(Path.Combine(target, Database.FileName));
        foreach (var file in OtherDatabases.All.Where(file => File.Exists(Path.Combine(target, file.Name))))
            DatabaseCheck.Run(Path.Combine(target, file.Name), file);
    }

    /// <summary>Opening erases again whom the backup still had.</summary>
    private RestoredStore Open(BackupManifest manifest, BackupState state, string? replaced)
    {
        using var store = Store.Open(new StoreOptions { DataPath = dataPath }, time);
        var tenants = store.Tenants.List();
        return new RestoredStore(
            manifest.Batch,
            DateTimeOffset.FromUnixTimeMilliseconds(manifest.MadeAt),
            tenants.Count,
            tenants.Sum(tenant => store.Counts.Count(new HitScope(tenant.Id), MinuteRange.All).Hits),
            state.LastCommit,
            manifest.Files.Count,
            manifest.Files.Sum(file => file.Length),
            [.. state.Tenants.Except(tenants.Select(tenant => tenant.Id))],
            replaced);
    }

    /// <summary>What is asked of the database before it is in its place.</summary>
    private sealed record BackupState(IReadOnlyList<TenantId> Tenants, DateTimeOffset? LastCommit)
    {
        public static BackupState Read(string folder, BackupManifest manifest)
        {
            using var reader = new Reader(folder);
            if (reader.Sql("SELECT value FROM counter WHERE name = 'batch'").Number() != manifest.Batch)
                throw new StoreException($"The backup is damaged: its database is not of commit {manifest.Batch}, as {BackupManifest.FileName} says.");
            var tenants = new List<TenantId>();
            using (var rows = reader.Sql("SELECT name FROM tenant WHERE registered = 1 ORDER BY name").Rows())
            {
                while (rows.Read())
                    tenants.Add(TenantId.Parse(rows.Text(0)));
            }
            var minute = reader.Sql("SELECT max(minute) FROM ledger").Number();
            return new BackupState(tenants, minute is { } last ? DateTimeOffset.FromUnixTimeSeconds(last * 60) : null);
        }
    }
}

/// <summary>What was restored, as it opens.</summary>
/// <param name="Batch">The last commit.</param>
/// <param name="MadeAt">The instant that the backup is of.</param>
/// <param name="Tenants">How many tenants are registered.</param>
/// <param name="Hits">How many hits they have.</param>
/// <param name="LastCommit">The minute of the last commit that had lines; null when there is none.</param>
/// <param name="Files">How many files were copied.</param>
/// <param name="Bytes">Their length together.</param>
/// <param name="Erased">Tenants that the backup had, and that were erased since.</param>
/// <param name="Replaced">Where the store is that was there before; null when there was none.</param>
public sealed record RestoredStore(
    long Batch, DateTimeOffset MadeAt, int Tenants, long Hits, DateTimeOffset? LastCommit, int Files, long Bytes, IReadOnlyList<TenantId> Erased, string? Replaced);
