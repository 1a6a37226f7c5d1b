using Microsoft.Win32.SafeHandles;
using StatHub.Storage.Commits;
using StatHub.Storage.Posix;

namespace StatHub.Storage.Sqlite;

/// <summary>
/// Transactions that are committed one after another and synced side by side: SQLite reads its write-ahead log up to the first gap, so what a crash leaves is a beginning of what was committed.
/// One thread at a time.
/// </summary>
internal sealed class SyncedWriter : IDisposable
{
    private readonly Writer _writer;
    private readonly Action _onOpen;
    private readonly SyncLanes _syncs;
    private readonly string _logPath;
    private SafeFileHandle? _log;
    private int _generation;
    private bool _isSyncedAtCommit = true;

    /// <summary>Begins.</summary>
    /// <param name="name">Of the threads.</param>
    /// <param name="lanes">How many syncs there are at most at the same time.</param>
    /// <param name="writer">The connection.</param>
    /// <param name="path">Of the database.</param>
    /// <param name="onOpen">Called in the first transaction of each connection: nobody knows what the file has.</param>
    public SyncedWriter(string name, int lanes, Writer writer, string path, Action onOpen)
    {
        (_writer, _logPath, _onOpen) = (writer, path + "-wal", onOpen);
        _syncs = new SyncLanes(name, lanes, Sync);
    }

    /// <summary>Runs in one transaction, committed at the end; nothing of it stays when it throws.</summary>
    /// <param name="body">What is done in it.</param>
    /// <param name="isSynced">Whether it is durable before anybody sees it, with everything that was committed before. Otherwise <see cref="Sync(Action{Exception})"/> follows.</param>
    public void Transaction(Action body, bool isSynced)
    {
        if (isSynced)
            Drain();
        if (_syncs.TakeFailure() is not null)
            _writer.GiveUp();
        SyncAtCommit(isSynced);
        try
        {
            _writer.Transaction(() =>
            {
                Open();
                body();
            });
        }
        catch
        {
            // The log may be another file afterwards.
            Drain();
            throw;
        }
    }

    /// <summary>Makes the last transaction durable. Waits while as many others wait as may.</summary>
    /// <param name="tell">Called when it is, in the order of transactions, or with what failed; quick, and throws nothing.</param>
    public void Sync(Action<Exception?> tell) => _syncs.Add(tell);

    /// <summary>Waits until everything that was committed was told to be durable, or not.</summary>
    public void Drain() => _syncs.Drain();

    public void Dispose()
    {
        _syncs.Dispose();
        _log?.Dispose();
    }

    private void SyncAtCommit(bool isSynced) => _writer.Alone(() =>
    {
        // As it is opened. What is found in the file then is made durable before it is built upon.
        if (_generation != _writer.Generation)
            return _isSyncedAtCommit = true;
        if (_isSyncedAtCommit != isSynced)
            _writer.Sql(isSynced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL").Run();
        return _isSyncedAtCommit = isSynced;
    });

    private void Open()
    {
        if (_generation == _writer.Generation)
            return;
        _generation = _writer.Generation;
        _log?.Dispose();
        _log = File.OpenHandle(_logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _onOpen();
    }

    private void Sync() => Libc.SyncData(_log!, _logPath);
}
