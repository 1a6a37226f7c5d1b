using System.Globalization;
using StatHub.Storage.Backups;
using StatHub.Storage.Journal;
using StatHub.Storage.Posix;
using StatHub.Storage.Retention;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Recovery;

/// <summary>
/// Makes a lost or damaged database again: what segments tell from them, the rest from the copy that is kept beside it. The new one is made in a folder of its own and
/// takes its place when it is whole; a crash before leaves everything as it was.
/// </summary>
internal sealed class DatabaseRecovery
{
    private const string WithoutRawHits = "Tenants without raw hits are not there; their hits are refused until they are registered again.";

    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly SegmentFolder _segments;
    private readonly Action<RecoveryStep> _onStep;
    private readonly List<string> _problems = [];

    private DatabaseRecovery(StoreOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _segments = new SegmentFolder(Path.Combine(options.DataPath, "segments"));
        _onStep = options.OnRecoveryStep ?? (_ => { });
    }

    private string Folder => Path.Combine(_options.DataPath, "recovery");

    private DateTimeOffset CopyMadeAt => File.GetLastWriteTimeUtc(DatabaseCopy.PathIn(_options.DataPath));

    private string Place => Path.Combine(_options.DataPath, DatabaseFile.Hits.Name);

    /// <summary>Makes the database again where it is missing or damaged; null where nothing is wrong.</summary>
    /// <exception cref="StoreException">It cannot be made again: raw hits are missing, or something is of a newer version. Nothing has changed.</exception>
    public static RecoveryReport? RunIfNeeded(StoreOptions options, TimeProvider time)
    {
        var recovery = new DatabaseRecovery(options, time);
        return recovery.Reason() is { } reason ? recovery.Run(reason) : null;
    }

    private string? Reason()
    {
        if (File.Exists(Place))
            return QuickCheck.Damage(Place);
        return FoundSegments.AnyIn(_segments) || File.Exists(DatabaseCopy.PathIn(_options.DataPath)) ? "The database is missing." : null;
    }

    private RecoveryReport Run(string reason)
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);
        var hasCopy = TryTakeCopy();
        using (var writer = new Writer(Folder, DatabaseFile.Hits))
        using (var readers = new ReadPool(Folder, DatabaseFile.Hits))
        {
            var copied = hasCopy ? writer.Alone(() => new CopyState(Counter(writer, "batch"), Counter(writer, "dimensions"), Counter(writer, "compaction"))) : default;
            _onStep(RecoveryStep.Begun);
            var found = FoundSegments.Read(_segments);
            _problems.AddRange(found.Problems);
            RefuseMissing(found, copied.Batch);
            writer.Transaction(() => WriteCatalogue(writer, found, copied.Batch));
            _onStep(RecoveryStep.Catalogued);
            var days = new RecoveredDays(writer, readers, _segments, new RollupFolder(_options.DataPath), _options.StoredDimensions(), copied, _time.GetUtcNow(), _onStep);
            days.Write();
            _problems.AddRange(days.Problems);
            var report = new RecoveryReport(
                reason, null, hasCopy ? copied.Batch : null, hasCopy ? CopyMadeAt : null, Math.Max(copied.Batch, found.LastBatch), days.Days, days.Hits, days.Kept, _problems);
            readers.Dispose();
            writer.Alone(() => Finish(writer));
            writer.Dispose();
            return report with { Quarantine = PutInPlace(found) };
        }
    }

    /// <summary>What segments cannot give back is in the copy: tenants and their settings, tokens, samples, sums of days whose raw hits are gone.</summary>
    private bool TryTakeCopy()
    {
        var copy = DatabaseCopy.PathIn(_options.DataPath);
        if (!File.Exists(copy))
        {
            _problems.Add($"There is no copy of the database: tenants have no settings, and tokens are gone. {WithoutRawHits}");
            return false;
        }
        try
        {
            DatabaseCheck.Run(copy, DatabaseFile.Hits);
        }
        catch (StoreException exception) when (exception is not NewerDatabaseException)
        {
            _problems.Add($"The copy of the database cannot be used, so tenants have no settings, and tokens are gone. {WithoutRawHits} {exception.Message}");
            return false;
        }
        File.Copy(copy, Path.Combine(Folder, DatabaseFile.Hits.Name));
        return true;
    }

    private static void RefuseMissing(FoundSegments found, long copied)
    {
        if (found.LastBatch < copied)
            throw new StoreException($"The copy of the database knows commits up to {copied}, segments only those up to {found.LastBatch}: raw hits are missing. Restore them from a backup.");
        if (found.MissingAfter(copied) is { } missing)
            throw new StoreException($"The database is lost, and no segment tells of commit {missing}: raw hits are missing. Restore them from a backup, or move the segments away to begin anew.");
    }

    private void WriteCatalogue(Writer writer, FoundSegments found, long copied)
    {
        new RecoveredCatalogue(writer, found, new Erasures(_options.DataPath).Read(), copied).Write();
        var positions = new RecoveredPositions(writer, new JournalFolder(Path.Combine(_options.DataPath, "journal")), _time.GetUtcNow());
        positions.Write(found.Notes.Where(note => note.Last > copied));
        positions.MarkMissingGone();
    }

    private static long Counter(Writer writer, string name) => writer.Sql("SELECT value FROM counter WHERE name = ?1").Number(name) ?? 0;

    /// <summary>Everything in the one file that is moved.</summary>
    private static bool Finish(Writer writer)
    {
        writer.Sql("PRAGMA wal_checkpoint(TRUNCATE)").Run();
        return true;
    }

    private string? PutInPlace(FoundSegments found)
    {
        var made = Path.Combine(Folder, DatabaseFile.Hits.Name);
        Libc.SyncFile(made);
        _onStep(RecoveryStep.Synced);
        var quarantine = Quarantine(found);
        _onStep(RecoveryStep.Quarantined);
        File.Move(made, Place);
        Libc.SyncFolder(_options.DataPath);
        _onStep(RecoveryStep.Placed);
        Directory.Delete(Folder, recursive: true);
        return quarantine;
    }

    /// <summary>
    /// Nothing is thrown away: what is left of the database is kept for who wants to look at it, and so are files of raw hits that are not understood, which
    /// the start would remove.
    /// </summary>
    private string? Quarantine(FoundSegments found)
    {
        string[] damaged = [.. Directory.GetFiles(_options.DataPath, DatabaseFile.Hits.Name + "*"), .. found.Unusable];
        if (damaged.Length == 0 && found.HalfUsable.Count == 0)
            return null;
        var name = _time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var folder = Path.Combine(_options.DataPath, "quarantine", name);
        foreach (var file in found.HalfUsable)
        {
            File.Copy(file, PlaceIn(folder, file), overwrite: true);
            Libc.SyncFile(PlaceIn(folder, file));
        }
        foreach (var file in damaged)
            File.Move(file, PlaceIn(folder, file), overwrite: true);
        BackupFolder.Sync(folder);
        Libc.SyncFolder(Path.GetDirectoryName(folder)!);
        Libc.SyncFolder(_options.DataPath);
        return folder;
    }

    /// <summary>Where a file of the data folder goes, under the name that it has there.</summary>
    private string PlaceIn(string quarantine, string file)
    {
        var place = Path.Combine(quarantine, Path.GetRelativePath(_options.DataPath, file));
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        return place;
    }
}
