using StatHub.Core.Work;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Posix;
using StatHub.Storage.Retention;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Backups;

/// <summary>What a backup is made of.</summary>
internal sealed record BackupOrigin(
    string DataPath, Writer Writer, Committer Committer, SegmentFolder Segments, SegmentSweeper Sweeper, Erasures Erasures, TimeProvider Time);

/// <summary>
/// One try to write a backup: one state of the database, and exactly the bytes of raw hits that this state knows. Commits and compactions go
/// on; what they replace is kept meanwhile, as for a reader. Only an erase changes what is copied: then the try is for nothing.
/// </summary>
internal sealed class BackupWriter(BackupOrigin origin, BackupSettings settings, Action<WorkProgress> progress, CancellationToken cancellationToken)
{
    private const long LeastFreeBytes = 128 * 1024 * 1024;

    private readonly BackupFolder _folder = new(settings.Folder);
    private readonly Action<BackupStep> _onStep = settings.OnStep ?? (_ => { });
    private readonly List<BackupFile> _files = [];
    private readonly HashedCopy _copy = new(new Throttle(settings.MostBytesPerSecond, origin.Time), progress, cancellationToken);
    private long _linkedBytes;
    private int _erases;

    /// <summary>Whether a tenant was erased since the state that is copied.</summary>
    public bool IsErased => origin.Erasures.Appended != _erases;

    /// <summary>Writes a backup; null when a tenant was erased meanwhile, and nothing is left then.</summary>
    /// <exception cref="StoreException">A file is not what the database says, or the disk has too little left.</exception>
    public async Task<MadeBackup?> TryWriteAsync()
    {
        _erases = origin.Erasures.Appended;
        // Taken before the state that is copied: nothing of that is removed.
        using var snapshot = origin.Sweeper.KeepAll();
        var now = origin.Time.GetUtcNow();
        var backup = _folder.NewPath(now);
        var temporary = BackupFolder.Begin(backup);
        try
        {
            _onStep(BackupStep.Begun);
            CheckedCopy.Write(origin.DataPath, Path.Combine(temporary, DatabaseFile.Hits.Name), DatabaseFile.Hits, Begin);
            var others = CopyOthers(temporary);
            _onStep(BackupStep.DatabaseCopied);
            var content = BackupContent.Read(temporary, origin.Segments, new RollupFolder(origin.DataPath));
            await AddFilesAsync(temporary, content, others).ConfigureAwait(false);
            BackupFolder.Sync(temporary);
            _onStep(BackupStep.FilesSynced);
            new BackupManifest(BackupManifest.CurrentVersion, StatHubVersion, content.Batch, now.ToUnixTimeMilliseconds(), _files).Write(temporary);
            Libc.SyncFolder(temporary);
            _onStep(BackupStep.ManifestWritten);
            if (!TryName(temporary, backup))
                return null;
            _onStep(BackupStep.Named);
            return new MadeBackup(backup, content.Batch, _files.Count, _files.Sum(file => file.Length), _linkedBytes, 0);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static string StatHubVersion => typeof(BackupWriter).Assembly.GetName().Version!.ToString(3);

    /// <summary>Nothing is committed at this moment and no sum waits in memory, and no erase is half done: those that were noted are in the state.</summary>
    private void Begin(Action state) => origin.Committer.WithAllWritten(() =>
    {
        _erases = origin.Erasures.Appended;
        state();
    });

    /// <summary>The other databases share nothing with that of hits but erases, and one of those begins the backup anew.</summary>
    private List<string> CopyOthers(string temporary)
    {
        var files = OtherDatabases.All.Where(file => File.Exists(Path.Combine(origin.DataPath, file.Name))).ToList();
        foreach (var file in files)
            CheckedCopy.Write(origin.DataPath, Path.Combine(temporary, file.Name), file);
        return [.. files.Select(file => file.Name)];
    }

    private async Task AddFilesAsync(string temporary, BackupContent content, List<string> others)
    {
        var before = Before();
        RefuseFullDisk(temporary, content.Files.Where(file => !before.ContainsKey(file.Name)).Sum(file => file.Length));
        var databases = others.Prepend(DatabaseFile.Hits.Name).Select(name => new FileInfo(Path.Combine(temporary, name))).ToList();
        _copy.Total = databases.Sum(database => database.Length) + content.Files.Sum(file => file.Length);
        foreach (var database in databases)
            _files.Add(new BackupFile(database.Name, database.Length, await _copy.HashAsync(database.FullName, database.Length).ConfigureAwait(false)));
        foreach (var file in content.Files)
        {
            try
            {
                var hash = await TryLinkAsync(file, before, temporary).ConfigureAwait(false) ?? await CopyAsync(file, temporary).ConfigureAwait(false);
                _files.Add(new BackupFile(file.Name, file.Length, hash));
            }
            catch (FileNotFoundException) when (file.MayGo)
            {
                // A later one has taken its place, and the database has its rows.
            }
        }
        // The last: it may know of an erase that the database does not, never the other way round.
        var erasures = new BackupSource(Erasures.FileName, origin.Erasures.Path, origin.Erasures.WholeLength);
        if (erasures.Length > 0)
            _files.Add(new BackupFile(erasures.Name, erasures.Length, await CopyAsync(erasures, temporary).ConfigureAwait(false)));
    }

    private async Task<string> CopyAsync(BackupSource file, string temporary)
    {
        var hash = await _copy.CopyAsync(file.Path, Path.Combine(temporary, file.Name), file.Length, file.Wiped).ConfigureAwait(false);
        _onStep(BackupStep.FileCopied);
        return hash;
    }

    /// <summary>Gives a file of the backup before a second name, when it is this very file; its hash then.</summary>
    private async Task<string?> TryLinkAsync(BackupSource file, Dictionary<string, (string Backup, BackupFile File)> before, string temporary)
    {
        if (!file.NeverChanges || !before.TryGetValue(file.Name, out var old) || old.File.Length != file.Length)
            return null;
        // Names are given again after a restore, so the name alone does not say it; and damage here is found before it is all that there is.
        if (await _copy.HashAsync(file.Path, file.Length).ConfigureAwait(false) != old.File.Sha256)
            return null;
        var to = Path.Combine(temporary, file.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (!Libc.TryLink(Path.Combine(old.Backup, file.Name), to))
            return null;
        _linkedBytes += file.Length;
        _onStep(BackupStep.FileLinked);
        return old.File.Sha256;
    }

    /// <summary>The files of the backup before.</summary>
    private Dictionary<string, (string Backup, BackupFile File)> Before()
    {
        try
        {
            return _folder.Whole() is [.., var last] ? BackupManifest.Read(last).Files.ToDictionary(file => file.Name, file => (last, file)) : [];
        }
        catch (StoreException)
        {
            // Nothing can be taken from a backup that is damaged, and this one does not need it.
            return [];
        }
    }

    private static void RefuseFullDisk(string folder, long needed)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < needed + LeastFreeBytes)
            throw new StoreException($"The disk of {folder} has {free} bytes left, and the raw hits of a backup take {needed}.");
    }

    private bool TryName(string temporary, string backup) => origin.Writer.Alone(() =>
    {
        // No erase comes in between: it is before the backup or after it.
        if (IsErased)
            return false;
        _folder.Name(temporary, backup);
        return true;
    });
}
