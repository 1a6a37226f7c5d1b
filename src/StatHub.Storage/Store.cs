using System.IO.Compression;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Hits;
using StatHub.Core.Ledger;
using StatHub.Core.Nginx;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Core.Verification;
using StatHub.Storage.Alerts;
using StatHub.Storage.Backups;
using StatHub.Storage.Commits;
using StatHub.Storage.Compaction;
using StatHub.Storage.Events;
using StatHub.Storage.Hits;
using StatHub.Storage.Journal;
using StatHub.Storage.Ledger;
using StatHub.Storage.Logs;
using StatHub.Storage.Posix;
using StatHub.Storage.Rebuild;
using StatHub.Storage.Recovery;
using StatHub.Storage.Retention;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Stats;
using StatHub.Storage.Tenants;
using StatHub.Storage.Tokens;
using StatHub.Storage.Verification;
using StatHub.Storage.Visitors;

namespace StatHub.Storage;

/// <summary>The embedded store: journal, segments and SQLite in one data folder, which it holds locked.</summary>
public sealed class Store : IDisposable
{
    private const int NativeHeaps = 2;

    private readonly FileStream _lock;
    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly Committer _committer;
    private readonly JournalFolder _journal;
    private readonly BackupOrigin _backup;
    private readonly TimeProvider _time;

    private Store(StoreOptions options, TimeProvider time, FileStream dataLock, Writer writer, ReadPool readers, SqliteStats stats, SqliteAlerts alerts, IdempotencyKeys keys, JournalFolder journal, LogImports logs, DatabaseDamage damage)
    {
        (_lock, _writer, _readers, Stats, Alerts, IdempotencyKeys, LogImports, Damage) = (dataLock, writer, readers, stats, alerts, keys, logs, damage);
        DataPath = options.DataPath;
        Recovery = DatabaseRecovery.RunIfNeeded(options, time);
        var segments = new SegmentFolder(Path.Combine(options.DataPath, "segments"));
        var rollups = new RollupFolder(options.DataPath);
        var wiper = new SegmentWiper(_writer, segments, rollups);
        var erasures = new Erasures(options.DataPath);
        var tenants = new SqliteTenants(_writer, wiper, erasures, time, options.KeyLimit);
        var tokens = new SqliteTokens(_writer, time);
        var both = new TenantsAndTokens(tenants, tokens, [Stats, Alerts, IdempotencyKeys, LogImports], erasures);
        (Tenants, Tokens) = (both, tokens);
        var snapshots = new Snapshots();
        RawHits = new SegmentRawHits(_readers, segments, snapshots);
        Ledger = new SqliteLedger(_readers, time);
        _committer = new Committer(_writer, _readers, segments, tenants, time, options);
        var onStep = options.OnCompactionStep ?? (_ => { });
        var sweeper = new SegmentSweeper(_writer, _readers, segments, snapshots, _committer, onStep);
        Compaction = new Compactor(_writer, _readers, segments, sweeper, _committer, time, onStep);
        Retention = new RawRetention(
            _writer, _readers, segments, rollups, wiper, sweeper, snapshots, _committer, time, options.OnRetentionStep ?? (_ => { }));
        RollupRetention = new RollupRetention(_writer, _readers, rollups, tenants, _committer, time, options.OnRetentionStep ?? (_ => { }));
        Rebuild = new Rebuilder(_writer, _readers, segments, snapshots, _committer, Compaction, time, options);
        DatabaseCopy = new DatabaseCopy(options.DataPath, _writer, time);
        _backup = new BackupOrigin(options.DataPath, _writer, _committer, segments, sweeper, erasures, time);
        Compaction.Check();
        _committer.Load();
        _committer.NoteClients();
        Compaction.Recover();
        Counts = new SqliteHitCounts(_readers, _committer.PendingRollups);
        Dimensions = new SqliteDimensionCounts(_readers, _committer.PendingRollups);
        Verifier = new Verifier(_readers, RawHits, _committer, options.StoredDimensions());
        wiper.Wipe();
        UnfinishedErasures = both.EraseAgain();
        Retention.Recover();
        var salts = new SaltFolder(Path.Combine(options.DataPath, "salts"));
        Tail = new JournalTail(journal, _committer, tenants, salts, options, time);
        (_journal, _time) = (journal, time);
        (EventJournal, Events) = (new EventJournal(journal, time), new StoredEvents(_readers, RawHits));
    }

    /// <summary>The data folder.</summary>
    public string DataPath { get; }

    /// <summary>What was made again when the store was opened; null when the database was in order.</summary>
    public RecoveryReport? Recovery { get; }

    /// <summary>What was found damaged in the database since.</summary>
    public DatabaseDamage Damage { get; }

    /// <summary>What of erased tenants could not be removed at the start.</summary>
    public IReadOnlyList<string> UnfinishedErasures { get; }

    public ITenantStore Tenants { get; }

    public ITokenStore Tokens { get; }

    public IHitCounts Counts { get; }

    public IDimensionCounts Dimensions { get; }

    public IRawHits RawHits { get; }

    public ILedger Ledger { get; }

    /// <summary>Counters, gauges and sets that applications report.</summary>
    public SqliteStats Stats { get; }

    /// <summary>What tenants want to be told of.</summary>
    public SqliteAlerts Alerts { get; }

    /// <summary>Compares what the store answers with the raw hits that it keeps.</summary>
    public IVerifier Verifier { get; }

    /// <summary>Brings finished days into files of their own.</summary>
    public Compactor Compaction { get; }

    /// <summary>Lets go of raw hits that are not kept any longer.</summary>
    public RawRetention Retention { get; }

    /// <summary>Lets go of sums that are not kept any longer.</summary>
    public RollupRetention RollupRetention { get; }

    /// <summary>Labels and sums raw hits again.</summary>
    public Rebuilder Rebuild { get; }

    /// <summary>The copy of the database that is kept beside it.</summary>
    public DatabaseCopy DatabaseCopy { get; }

    /// <summary>Reads the journal into the store.</summary>
    public JournalTail Tail { get; }

    /// <summary>Takes events into the journal.</summary>
    public EventJournal EventJournal { get; }

    /// <summary>Finds events by their names.</summary>
    public StoredEvents Events { get; }

    /// <summary>Batches of events that may be sent again.</summary>
    public IdempotencyKeys IdempotencyKeys { get; }

    /// <summary>Takes logs into the journal.</summary>
    public LogImports LogImports { get; }

    /// <summary>Opens the store, makes its folders and recovers from a crash.</summary>
    /// <exception cref="StoreException">Another process owns the folder, or the store is damaged or of a newer version.</exception>
    public static Store Open(StoreOptions options, TimeProvider time)
    {
        Libc.LimitHeaps(NativeHeaps);
        LoadLibraries();
        Directory.CreateDirectory(options.DataPath);
        var dataLock = DataLock.Take(options.DataPath);
        // They open the database when they are first asked.
        var damage = new DatabaseDamage(options.DataPath, DatabaseFile.Hits);
        var (writer, readers) = (new Writer(options.DataPath, DatabaseFile.Hits, damage, options.OnMigrationStep), new ReadPool(options.DataPath, DatabaseFile.Hits, damage));
        SqliteStats? stats = null;
        SqliteAlerts? alerts = null;
        IdempotencyKeys? keys = null;
        LogImports? logs = null;
        try
        {
            RestoreFolder.RefuseHalf(options.DataPath);
            Store? store = null;
            stats = new SqliteStats(options.DataPath, options.Stats, tenant => store!.Tenants.Find(tenant) is not null, time);
            alerts = new SqliteAlerts(options.DataPath, options.Alerts, tenant => store!.Tenants.Find(tenant) is not null, time);
            keys = new IdempotencyKeys(options.DataPath);
            var journal = new JournalFolder(Path.Combine(options.DataPath, "journal"));
            Directory.CreateDirectory(journal.Path);
            logs = new LogImports(options, journal, time);
            return store = new Store(options, time, dataLock, writer, readers, stats, alerts, keys, journal, logs, damage);
        }
        catch
        {
            logs?.Dispose();
            keys?.Dispose();
            alerts?.Dispose();
            stats?.Dispose();
            readers.Dispose();
            writer.Dispose();
            dataLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Begins to follow the hits of a tenant: reads those of a range that are committed, and from then on gets those that are committed later; none is missing and none there twice.
    /// </summary>
    public (IRawHitReader Before, FollowedHits After) Follow(TenantId tenant, MinuteRange range) =>
        // While nobody commits: what is committed then is in the one or the other.
        _writer.Alone(() => (RawHits.Open(new HitScope(tenant), range, null), _committer.Followers.Add(tenant)));

    /// <summary>Makes what cuts the journal of this store.</summary>
    /// <param name="signal">Makes nginx reopen its logs.</param>
    /// <param name="patience">How long nginx may write to a cut file after the signal, before the cut has failed.</param>
    public JournalCutter CreateCutter(IReopenSignal signal, TimeSpan patience) => new(_journal, signal, _time, patience);

    /// <summary>Makes what backs this store up.</summary>
    public StoreBackups CreateBackups(BackupSettings settings) => new(_backup, settings);

    public void Dispose()
    {
        EventJournal.Dispose();
        IdempotencyKeys.Dispose();
        LogImports.Dispose();
        Compaction.Dispose();
        _committer.Dispose();
        Alerts.Dispose();
        Stats.Dispose();
        _readers.Dispose();
        _writer.Dispose();
        _lock.Dispose();
    }

    /// <summary>
    /// What .NET loads at first use is loaded now: a type whose initializer fails for want of a file descriptor stays
    /// broken for the life of the process.
    /// </summary>
    private static void LoadLibraries()
    {
        _ = Fingerprint.Of([]);
        _ = ClientCatalogue.Version;
        var member = GzipMember.Compress(new byte[GzipMember.MostStoredBytes + 1], [], CompressionLevel.Fastest);
        using var gzip = new GZipStream(new MemoryStream(member.ToArray()), CompressionMode.Decompress);
        _ = gzip.ReadByte();
        Parallel.For(0, 2, _ => { });
    }
}
