using StatHub.Core.Stats;
using StatHub.Storage.Sqlite;

namespace StatHub.Storage.Stats;

/// <summary>
/// Commits what waits, all of it together, on a thread of its own: while one commit is synced the next one gathers. Nobody is told before what he asked for is durable.
/// </summary>
internal sealed class GroupCommit : IDisposable
{
    private const int MostOfCommit = 1000;
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);

    private readonly Writer _writer;
    private readonly Action _begin;
    private readonly Action _end;
    private readonly Action<TimeSpan, string?> _onCommit;
    private readonly TimeProvider _time;
    private readonly Queue<StatsWork> _waiting = [];
    private readonly Thread _thread;
    private int _expected;
    private int _last;
    private bool _isClosing;

    /// <summary>Begins.</summary>
    /// <param name="writer">The database.</param>
    /// <param name="begin">Called at the begin of each transaction, before work is done.</param>
    /// <param name="end">Called at its end: writes what work has changed.</param>
    /// <param name="onCommit">Told how long a commit took, and what it failed of.</param>
    /// <param name="time">Measures.</param>
    public GroupCommit(Writer writer, Action begin, Action end, Action<TimeSpan, string?> onCommit, TimeProvider time)
    {
        (_writer, _begin, _end, _onCommit, _time) = (writer, begin, end, onCommit, time);
        _thread = new Thread(Run) { IsBackground = true, Name = "stats" };
        _thread.Start();
    }

    /// <summary>Waits for its turn.</summary>
    /// <exception cref="StatsUnavailableException">Too many wait, or the service stops.</exception>
    public void Add(StatsWork work)
    {
        lock (_waiting)
        {
            if (_isClosing)
                throw new StatsUnavailableException("The service is stopping.");
            if (_waiting.Count >= MostWaiting)
                throw new StatsUnavailableException("Too many updates wait. Try again later.");
            _waiting.Enqueue(work);
            if (_waiting.Count == 1 || _waiting.Count >= _expected)
                Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Does what waits, then ends.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _isClosing = true;
            Monitor.Pulse(_waiting);
        }
        _thread.Join();
    }

    private void Run()
    {
        for (var batch = Take(); batch.Count > 0; batch = Take())
            Commit(batch);
    }

    /// <summary>What goes into the next commit; nothing when there will be none.</summary>
    private List<StatsWork> Take()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0 && !_isClosing)
                Monitor.Wait(_waiting);
            // Those who were told by the last commit come back together; a commit of them all costs hardly more than one of half of them.
            if (_waiting.Count < _expected && !_isClosing)
                Monitor.Wait(_waiting, Gathering);
            var batch = new List<StatsWork>(Math.Min(_waiting.Count, MostOfCommit));
            while (batch.Count < MostOfCommit && _waiting.TryDequeue(out var work))
                batch.Add(work);
            (_expected, _last) = (Math.Max(batch.Count, _last), batch.Count);
            return batch;
        }
    }

    private void Commit(List<StatsWork> batch)
    {
        var began = _time.GetTimestamp();
        try
        {
            _writer.Transaction(() =>
            {
                _begin();
                foreach (var work in batch)
                    work.Do();
                _end();
            });
        }
#pragma warning disable CA1031 // Whatever it is, nothing was committed, and everybody in the batch is told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _onCommit(_time.GetElapsedTime(began), exception.Message);
            var failure = new StatsUnavailableException($"The stats could not be written: {exception.Message}", exception);
            batch.ForEach(work => work.Failed(failure));
            return;
        }
        _onCommit(_time.GetElapsedTime(began), null);
        batch.ForEach(work => work.Done());
    }
}
