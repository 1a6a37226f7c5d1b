namespace StatHub.Storage.Commits;

/// <summary>
/// Makes durable what is committed one after another, with several syncs at the same time: a disk finishes four hardly later than one. A sync is of everything that was committed when it began, and
/// what is durable is told in the order of its commits. One thread commits.
/// </summary>
internal sealed class SyncLanes : IDisposable
{
    private readonly Action _sync;
    private readonly int _most;
    private readonly Queue<(long Number, Action<Exception?> Tell)> _waiting = [];
    private readonly Lock _telling = new();
    private readonly Thread[] _threads;
    private readonly object _told = new();
    private long _last;
    private long _begun;
    private long _finished;
    private Exception? _failure;
    private bool _isClosing;

    /// <summary>Begins.</summary>
    /// <param name="name">Of the threads.</param>
    /// <param name="lanes">How many syncs there are at most at the same time; so many commits may wait for them.</param>
    /// <param name="sync">Makes durable what is committed.</param>
    public SyncLanes(string name, int lanes, Action sync)
    {
        (_sync, _most) = (sync, lanes);
        _threads = [.. Enumerable.Range(0, lanes).Select(lane => new Thread(Run) { IsBackground = true, Name = $"{name} {lane}" })];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>Something is committed. Waits while as many wait as may.</summary>
    /// <param name="tell">Called when it is durable, or with what a sync of it failed of; quick, and throws nothing.</param>
    public void Add(Action<Exception?> tell)
    {
        WaitFor(_last + 1 - _most);
        lock (_waiting)
        {
            _waiting.Enqueue((++_last, tell));
            Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Waits until everything that is committed was told to be durable, or not.</summary>
    public void Drain() => WaitFor(_last);

    /// <summary>What a sync failed of, once. Nothing that was committed since is known to be durable; who commits begins anew.</summary>
    public Exception? TakeFailure()
    {
        lock (_waiting)
        {
            if (_failure is null)
                return null;
        }
        Drain();
        lock (_waiting)
        {
            var failure = _failure;
            _failure = null;
            return failure;
        }
    }

    /// <summary>Makes durable what is committed, then ends.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _isClosing = true;
            Monitor.PulseAll(_waiting);
        }
        foreach (var thread in _threads)
            thread.Join();
    }

    private void Run()
    {
        while (TryBegin(out var through, out var failure))
        {
            failure ??= Sync();
            Finish(through, failure);
        }
    }

    private bool TryBegin(out long through, out Exception? failure)
    {
        lock (_waiting)
        {
            while (_begun == _last && !_isClosing)
                Monitor.Wait(_waiting);
            (through, failure) = (_last, _failure);
            if (_begun == _last)
                return false;
            _begun = _last;
            return true;
        }
    }

    private Exception? Sync()
    {
        try
        {
            _sync();
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, those who wait are told.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    private void Finish(long through, Exception? failure)
    {
        // One after another, so that everything is told in its order.
        lock (_telling)
        {
            foreach (var tell in Take(through, ref failure))
                tell(failure);
        }
        lock (_told)
        {
            _finished = Math.Max(_finished, through);
            Monitor.PulseAll(_told);
        }
    }

    /// <summary>What is done up to a commit. After a failure nobody knows what another sync has left undone: nothing is durable any more.</summary>
    private List<Action<Exception?>> Take(long through, ref Exception? failure)
    {
        lock (_waiting)
        {
            _failure = failure ??= _failure;
            var taken = new List<Action<Exception?>>();
            while (_waiting.TryPeek(out var next) && next.Number <= through)
                taken.Add(_waiting.Dequeue().Tell);
            return taken;
        }
    }

    private void WaitFor(long number)
    {
        lock (_told)
        {
            while (_finished < number)
                Monitor.Wait(_told);
        }
    }
}
