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
    private readonly StatCells _cells;
    private readonly MemberLists _lists;
    private readonly TenantSizes _sizes;
    private readonly UpdateApplier _applier;
    private readonly StatsDelete _delete;
    private readonly GroupCommit<TenantId, StatsWork> _commits;
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
        (_cells, _lists, _sizes, _delete) = (new StatCells(_writer), new MemberLists(_writer), new TenantSizes(_writer), new StatsDelete(_writer));
        _applier = new UpdateApplier(_cells, _lists, _sizes, settings.Bounds);
        try
        {
            // Readers find the tables.
            _writer.Alone(() => true);
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
        _commits = new GroupCommit<TenantId, StatsWork>("stats", Bounds, Commit);
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
        var refusal = await CommitAsync(tenant, update.Cells, () => _isRegistered(tenant)
            ? _applier.Apply(tenant, update, Bucket)
            : new StatRefusal("The tenant was erased.")).ConfigureAwait(false);
        Meter.Answered(refusal is not null);
        return refusal;
    }

    public StatReport Read(TenantId tenant, string? dim)
    {
        var now = GaugeBucket.Containing(_time.GetUtcNow(), _settings.GaugeBucket);
        return StatReport.Of(_readers.Ask(reader => Rows(reader, tenant, dim)), now, dim);
    }

    public StatStamp Stamp(TenantId tenant) => new(_changes.GetValueOrDefault(tenant), Bucket);

    public Task<int> DeleteAsync(TenantId tenant, string containing) => CommitAsync(tenant, Bounds.Commit, () =>
    {
        _cells.Write();
        Forget(tenant);
        return _delete.Containing(tenant, containing);
    });

    // An update that is on its way is refused then.
    void ITenantData.Erase(TenantId tenant, long erasedAt)
    {
        var isDone = _writer.Alone(() => _delete.IsDone(tenant, erasedAt));
        // What is noted here is done there: archives did not note it themselves once.
        Archive.Erase(tenant, erasedAt, isDone);
        if (isDone)
            return;
        _writer.Transaction(() =>
        {
            Forget(tenant);
            _delete.Everything(tenant, erasedAt);
        });
        Changed(tenant);
        // The log would keep what was overwritten in the file.
        _writer.Alone(() => _writer.Sql("PRAGMA wal_checkpoint(TRUNCATE)").Number());
    }

    public void Dispose()
    {
        _commits.Dispose();
        Archive.Dispose();
        _readers.Dispose();
        _writer.Dispose();
    }

    private async Task<T> CommitAsync<T>(TenantId tenant, long weight, Func<T> work)
    {
        var waiting = new StatsWork<T>(work, () => Changed(tenant));
        if (_commits.Add(tenant, waiting, weight) is var refusal and not GroupRefusal.None)
            throw new StatsUnavailableException(refusal == GroupRefusal.Stopping ? "The service is stopping." : "Too many updates wait. Try again later.");
        return await waiting.Task.ConfigureAwait(false);
    }

    private void Changed(TenantId tenant) => _changes.AddOrUpdate(tenant, 1, (_, changes) => changes + 1);

    private void Commit(IReadOnlyList<StatsWork> group)
    {
        var began = _time.GetTimestamp();
        try
        {
            _writer.Transaction(() =>
            {
                Begin();
                foreach (var work in group)
                    work.Do();
                _cells.Write();
            });
        }
#pragma warning disable CA1031 // Whatever it is, nothing was committed, and everybody in the group is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Meter.Committed(_time.GetElapsedTime(began), exception.Message);
            var failure = new StatsUnavailableException($"The stats could not be written: {exception.Message}", exception);
            foreach (var work in group)
                work.Failed(failure);
            return;
        }
        Meter.Committed(_time.GetElapsedTime(began), null);
        foreach (var work in group)
            work.Done();
    }

    /// <summary>After a failure the file is read anew: nobody knows what it has.</summary>
    private void Begin()
    {
        if (_generation == _writer.Generation)
            return;
        _generation = _writer.Generation;
        Forget(tenant: null);
    }

    /// <summary>What rows said is not so any more, of a tenant or of all.</summary>
    private void Forget(TenantId? tenant)
    {
        _cells.Forget();
        _lists.Forget();
        _sizes.Forget(tenant);
    }

    private static List<StatRow> Rows(Reader reader, TenantId tenant, string? dim)
    {
        const string columns = "SELECT dim, owner, kind, name, amount, bucket, before, before_bucket FROM stat WHERE tenant = ?1 AND ";
        using var rows = dim is null
            ? reader.Sql(columns + "dim > ''").Rows(tenant.ToString())
            : reader.Sql(columns + "dim = ?2").Rows(tenant.ToString(), dim);
        var stats = new List<StatRow>();
        while (rows.Read())
        {
            var amount = new StatAmount(rows.Long(4), rows.Long(5), rows.IsNull(6) ? null : rows.Long(6), rows.Long(7));
            stats.Add(new StatRow(new StatDim(rows.Text(0), rows.Text(1)), (StatKind)rows.Int(2), rows.Text(3), amount));
        }
        return stats;
    }
}
