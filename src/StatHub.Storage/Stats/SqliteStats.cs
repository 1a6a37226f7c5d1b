using System.Collections.Concurrent;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Commits;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Stats;

/// <summary>Stats in a database of their own, so that no commit of hits delays theirs. What is read is what is committed.</summary>
public sealed class SqliteStats : IStatsStore, ITenantData, IDisposable
{
    // Weights are cells: a stat of an id or of a value. A commit of so many takes about a tenth of a second, which is what others wait for.
    private static readonly GroupBounds Bounds = new(Commit: 20_000, Waiting: 1_000_000, WaitingOfOwner: 250_000);

    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly RecentValues _recent = new();
    private readonly StatCells _cells;
    private readonly CellLog _log;
    private readonly MemberLists _lists;
    private readonly TenantSizes _sizes;
    private readonly UpdateApplier _applier;
    private readonly StatsDelete _delete;
    private readonly GroupCommit<TenantId, StatsWork> _commits;
    private readonly Lock _turn = new();
    private readonly ConcurrentDictionary<TenantId, long> _changes = new();
    private readonly StatsSettings _settings;
    private readonly Func<TenantId, bool> _isRegistered;
    private readonly TimeProvider _time;
    private int _generation;

    /// <summary>Opens the database of a data folder.</summary>
    /// <param name="dataPath">The folder.</param>
    /// <param name="settings">What is counted how.</param>
    /// <param name="isRegistered">Whether a tenant is; asked when its update is applied, since it may have been erased meanwhile.</param>
    /// <param name="time">Tells the buckets of gauges.</param>
    /// <exception cref="StoreException">The database is of a newer version.</exception>
    public SqliteStats(string dataPath, StatsSettings settings, Func<TenantId, bool> isRegistered, TimeProvider time)
    {
        (_settings, _isRegistered, _time) = (settings, isRegistered, time);
        Archive = new StatsArchive(dataPath, isRegistered);
        Quarantine = new DatabaseQuarantine(dataPath, StatsSchema.File);
        Quarantine.TakeDamaged(time.GetUtcNow());
        Damage = new DatabaseDamage(dataPath, StatsSchema.File);
        _writer = new Writer(dataPath, StatsSchema.File, Damage);
        _readers = new ReadPool(dataPath, StatsSchema.File, Damage);
        (_cells, _log, _lists, _sizes, _delete) = (new StatCells(_writer), new CellLog(_writer, _recent), new MemberLists(_writer), new TenantSizes(_writer), new StatsDelete(_writer));
        _applier = new UpdateApplier(_cells, _lists, _sizes, settings.Bounds);
        try
        {
            Recover(time.GetUtcNow());
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
        _commits = new GroupCommit<TenantId, StatsWork>("stats", Bounds, Commit, gathers: false);
    }

    /// <summary>What became of commits.</summary>
    public StatsMeter Meter { get; } = new();

    /// <summary>What was found damaged in the database since it was opened.</summary>
    public DatabaseDamage Damage { get; }

    /// <summary>What was reported at the begin of each period.</summary>
    public StatsArchive Archive { get; }

    /// <summary>Where a database is that was damaged at a start.</summary>
    public DatabaseQuarantine Quarantine { get; }

    private long Bucket => GaugeBucket.Containing(_time.GetUtcNow(), _settings.GaugeBucket).Start;

    public async Task<StatRefusal?> ApplyAsync(TenantId tenant, StatUpdate update)
    {
        if (update.IsEmpty)
            return null;
        var work = new StatsWork<StatRefusal?>(
            () => _isRegistered(tenant) ? _applier.Apply(tenant, update, Bucket) : new StatRefusal("The tenant was erased."), () => Changed(tenant));
        var refusal = await CommitAsync(tenant, update.Cells, work).ConfigureAwait(false);
        Meter.Answered(refusal is not null);
        return refusal;
    }

    public StatReport Read(TenantId tenant, string? dim)
    {
        var now = GaugeBucket.Containing(_time.GetUtcNow(), _settings.GaugeBucket);
        List<StatRow>? rows = null;
        // Between its two steps a reader may be overtaken by the writer twice, which takes seconds.
        while (rows is null)
            rows = _readers.Ask(reader => Rows(reader, tenant, dim));
        return StatReport.Of(rows, now, dim);
    }

    public StatStamp Stamp(TenantId tenant) => new(_changes.GetValueOrDefault(tenant), Bucket);

    public Task<int> DeleteAsync(TenantId tenant, string containing)
    {
        var work = new StatsWork<int>(
            () =>
            {
                WriteRows();
                Forget(tenant);
                return _delete.Containing(tenant, containing);
            },
            () => Changed(tenant));
        return CommitAsync(tenant, Bounds.Commit, work);
    }

    // An update that is on its way is refused then.
    void ITenantData.Erase(TenantId tenant, long erasedAt)
    {
        var isDone = _writer.Alone(() => _delete.IsDone(tenant, erasedAt));
        // What is noted here is done there: archives did not note it themselves once.
        Archive.Erase(tenant, erasedAt, isDone);
        if (isDone)
            return;
        lock (_turn)
        {
            InTransaction(() =>
            {
                WriteRows();
                Forget(tenant);
                _delete.Everything(tenant, erasedAt);
            });
        }
        Changed(tenant);
        // The log would keep what was overwritten in the file.
        _writer.Alone(() => _writer.Sql("PRAGMA wal_checkpoint(TRUNCATE)").Number());
    }

    public void Dispose()
    {
        _commits.Dispose();
        if (_cells.Unwritten > 0)
            TryWriteRows();
        Archive.Dispose();
        _readers.Dispose();
        _writer.Dispose();
    }

    /// <summary>Writes what a crash left in the log to its rows. A log that is damaged goes with its database.</summary>
    private void Recover(DateTimeOffset now)
    {
        try
        {
            InTransaction(() => { });
        }
        catch (InvalidDataException)
        {
            _writer.GiveUp();
            Quarantine.Take(now);
            InTransaction(() => { });
        }
    }

    private async Task<T> CommitAsync<T>(TenantId tenant, long weight, StatsWork<T> work)
    {
        if (_commits.Add(tenant, work, weight) is var refusal and not GroupRefusal.None)
            throw new StatsUnavailableException(refusal == GroupRefusal.Stopping ? "The service is stopping." : "Too many updates wait. Try again later.");
        return await work.Task.ConfigureAwait(false);
    }

    private void Changed(TenantId tenant) => _changes.AddOrUpdate(tenant, 1, (_, changes) => changes + 1);

    /// <summary>Commits what waits, and tells those who wait for it.</summary>
    private void Commit(IReadOnlyList<StatsWork> group)
    {
        lock (_turn)
        {
            var began = _time.GetTimestamp();
            try
            {
                InTransaction(() => Do(group));
            }
#pragma warning disable CA1031 // Whatever it is, nothing was committed, and everybody in the group is told.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Failed(group, began, exception);
                return;
            }
            _recent.Add(_cells.Committed());
            _settings.OnStep?.Invoke(StatsStep.Committed);
            Meter.Committed(_time.GetElapsedTime(began), problem: null);
            foreach (var work in group)
                work.Done();
            if (_cells.Unwritten >= _settings.UnwrittenRows || _log.Bytes >= _settings.LogBytes || _cells.IsFull)
                TryWriteRows();
        }
    }

    private void Do(IReadOnlyList<StatsWork> group)
    {
        foreach (var work in group)
            work.Do();
        _settings.OnStep?.Invoke(StatsStep.Applied);
        _log.Append(_cells.Changed);
        _settings.OnStep?.Invoke(StatsStep.Logged);
    }

    private void Failed(IReadOnlyList<StatsWork> group, long began, Exception failure)
    {
        Meter.Committed(_time.GetElapsedTime(began), failure.Message);
        var told = new StatsUnavailableException($"The stats could not be written: {failure.Message}", failure);
        foreach (var work in group)
            work.Failed(told);
    }

    /// <summary>Brings rows up to date. What fails of it is in the log, and the next transaction tries again.</summary>
    private void TryWriteRows()
    {
        lock (_turn)
        {
            try
            {
                InTransaction(WriteRows);
                _settings.OnStep?.Invoke(StatsStep.RowsCommitted);
            }
#pragma warning disable CA1031 // Nobody waits for it. Readiness says it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Meter.Failed(exception.Message);
            }
        }
    }

    private void WriteRows()
    {
        _cells.Write();
        _settings.OnStep?.Invoke(StatsStep.RowsWritten);
        _log.Clear();
        _settings.OnStep?.Invoke(StatsStep.LogCleared);
    }

    /// <summary>At the start and after a failure the file is read anew: nobody knows what it has.</summary>
    private void InTransaction(Action body)
    {
        _writer.Transaction(() =>
        {
            if (_generation != _writer.Generation)
                Reread();
            body();
        });
        _generation = _writer.Generation;
        _log.Committed();
    }

    private void Reread()
    {
        // What is deleted is overwritten, so that nothing is left of who is erased later.
        _writer.Sql("PRAGMA secure_delete = ON").Run();
        Forget(tenant: null);
        _cells.Restore(_log.Read());
        WriteRows();
    }

    /// <summary>What rows said is not so any more, of a tenant or of all.</summary>
    private void Forget(TenantId? tenant)
    {
        _cells.Forget();
        _lists.Forget();
        _sizes.Forget(tenant);
    }

    /// <summary>What a tenant has, of one state; null when the reader's is too old.</summary>
    private List<StatRow>? Rows(Reader reader, TenantId tenant, string? dim)
    {
        const string columns = "SELECT dim, owner, kind, name, amount, bucket, before, before_bucket FROM stat WHERE tenant = ?1 AND ";
        var recent = _recent.Find(reader.Sql("SELECT times FROM written").Number() ?? 0, tenant, dim);
        if (recent is null)
            return null;
        using var rows = dim is null
            ? reader.Sql(columns + "dim > ''").Rows(tenant.ToString())
            : reader.Sql(columns + "dim = ?2").Rows(tenant.ToString(), dim);
        var stats = new List<StatRow>();
        while (rows.Read())
        {
            var key = new StatKey(new StatPlace(tenant, rows.Text(0), rows.Text(1)), (StatKind)rows.Int(2), rows.Text(3));
            if (!recent.Remove(key, out var amount))
                amount = new StatAmount(rows.Long(4), rows.Long(5), rows.IsNull(6) ? null : rows.Long(6), rows.Long(7));
            stats.Add(Row(key, amount));
        }
        stats.AddRange(recent.Select(one => Row(one.Key, one.Value)));
        return stats;
    }

    private static StatRow Row(StatKey key, StatAmount amount) => new(new StatDim(key.Place.Dim, key.Place.Owner), key.Kind, key.Name, amount);
}
