using System.Collections.Concurrent;
using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Journal;
using StatHub.Core.Logs.Ringserver;
using StatHub.Core.Tenants;
using StatHub.Storage.Journal;
using StatHub.Storage.Logs.Following;
using StatHub.Storage.Posix;
using StatHub.Storage.Tenants;

namespace StatHub.Storage.Logs;

/// <summary>
/// Takes logs into the journal, each beginning of a log once. Journal lines go to a file of <c>spool</c>; when that is on disk its content is noted, and only then is it moved into
/// the journal: a start moves what was noted and removes the others. Safe to call from several threads.
/// </summary>
public sealed class LogImports : ITenantData, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TenantId, SemaphoreSlim> _underWay = new();
    private readonly ImportTable _table;
    private readonly ReportTable _reports;
    private readonly FollowJournal _followed;
    private readonly JournalTurn _turn;
    private readonly Action? _onPart;
    private readonly JournalFolder _journal;
    private readonly TimeProvider _time;
    private readonly string _spool;
    private readonly CountrySource? _countries;
    private readonly HostHash _hosts;

    internal LogImports(StoreOptions options, JournalFolder journal, TimeProvider time)
    {
        (_journal, _time, _spool) = (journal, time, Path.Combine(options.DataPath, "spool"));
        (_countries, _hosts) = (options.Countries, options.HostHash);
        (_turn, _onPart) = (new JournalTurn(journal, options.LogImports, time), options.LogImports.OnPart);
        _table = new ImportTable(options.DataPath);
        _reports = new ReportTable(_table.Writer);
        _followed = new FollowJournal(new FollowTable(_table.Writer), _spool, Take, time);
        try
        {
            Recover();
        }
        catch
        {
            _table.Dispose();
            throw;
        }
    }

    /// <summary>Imports a log. When it returns all of its lines that were not known are in the journal, on disk.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="request">What it is and how it is counted.</param>
    /// <param name="log">The log, plain or compressed by gzip.</param>
    /// <param name="cancellationToken">Gives up; what is in the journal by then stays, and is known when the log is imported again.</param>
    /// <exception cref="LogImportException">It cannot be imported; the message says why.</exception>
    public async Task<LogImport> ImportAsync(TenantId tenant, LogRequest request, Stream log, CancellationToken cancellationToken)
    {
        var turn = _underWay.GetOrAdd(tenant, _ => new SemaphoreSlim(1));
        if (!await turn.WaitAsync(Patience, cancellationToken).ConfigureAwait(false))
            throw new LogImportException(LogImportFault.Busy, "Another import of the tenant is under way.");
        try
        {
            await using var content = LogContent.Open(log);
            using var run = new LogImportRun(tenant, request, new TransferArgs(_countries, _hosts), content, _table, PublishPart, _turn, _spool, _time);
            var import = await run.RunAsync(cancellationToken).ConfigureAwait(false);
            // A crash before it costs nothing but what is said of the log.
            if (import.LogBytes > import.KnownBytes)
                _reports.Add(tenant, PastImport.Of(import, request, _time.GetUtcNow()));
            return import;
        }
        catch (Exception exception) when (DiskFull.Is(exception))
        {
            throw new LogImportException(LogImportFault.DiskFull, "The disk of the data folder is full.", exception);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The logs of a tenant that had something new, the newest first.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="limit">At most so many; 1000 are kept.</param>
    public IReadOnlyList<PastImport> Reports(TenantId tenant, int limit) => _reports.List(tenant, limit);

    /// <summary>Called at each step that brings lines of a followed log into the journal; for tests.</summary>
    public Action<FollowStep> OnFollowStep { set => _followed.OnStep = value; }

    /// <summary>Begins to follow a log, where it was left.</summary>
    /// <param name="source">The log.</param>
    /// <param name="batchBytes">How many bytes are read at once.</param>
    public LogFollower Follow(LogSource source, int batchBytes = 4 * 1024 * 1024) => new(source, _followed, new TransferArgs(_countries, _hosts), batchBytes);

    void ITenantData.Erase(TenantId tenant, long erasedAt)
    {
        _table.Erase(tenant, erasedAt);
        _reports.Erase(tenant, erasedAt);
        _followed.Table.Erase(tenant, erasedAt);
    }

    public void Dispose() => _table.Dispose();

    private void PublishPart(string part)
    {
        Publish(part);
        _onPart?.Invoke();
    }

    /// <summary>Moves a file of the spool, which is noted and on disk, into the journal.</summary>
    private void Publish(string part)
    {
        Take(part);
        _table.Moved(part);
    }

    private void Take(string part)
    {
        _journal.Take(Path.Combine(_spool, part), JournalFileName.Logs, _time.GetUtcNow());
        Libc.SyncFolder(_journal.Path);
    }

    private void Recover()
    {
        // A backup that was made between the two has the note and not the file, and is restored to where there is no spool.
        var isRestored = !Directory.Exists(_spool);
        Directory.CreateDirectory(_spool);
        foreach (var part in _table.Parts())
        {
            if (isRestored)
                _table.Forget(part);
            else if (File.Exists(Path.Combine(_spool, part)))
                Publish(part);
            else
                _table.Moved(part);
        }
        _followed.Recover(null, isRestored);
        foreach (var file in Directory.GetFiles(_spool))
            File.Delete(file);
    }
}
