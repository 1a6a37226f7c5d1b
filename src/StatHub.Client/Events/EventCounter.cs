namespace StatHub.Client.Events;

/// <summary>Counts what becomes of events.</summary>
internal sealed class EventCounter(Action<string> onFailure)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _settled = NewSignal();
    private long _waiting;
    private long _accepted;
    private long _dropped;
    private long _failed;
    private string? _lastFailure;

    public long Waiting
    {
        get
        {
            lock (_gate)
                return _waiting;
        }
    }

    /// <summary>Is done when something that waits now is settled.</summary>
    public Task Settled
    {
        get
        {
            lock (_gate)
                return _settled.Task;
        }
    }

    public EventStatistics Now
    {
        get
        {
            lock (_gate)
                return new EventStatistics(_waiting, _accepted, _dropped, _failed, _lastFailure);
        }
    }

    public void Wait(int events)
    {
        lock (_gate)
            _waiting += events;
    }

    /// <summary>Events that waited were taken.</summary>
    public void Accept(int events) => Settle(() => (_waiting, _accepted) = (_waiting - events, _accepted + events));

    /// <summary>An event that did not wait was taken.</summary>
    public void AcceptDirectly() => Settle(() => _accepted++);

    /// <summary>Events that did not wait are lost.</summary>
    public LogResult Drop(int events, string reason)
    {
        Settle(() => (_dropped, _lastFailure) = (_dropped + events, reason));
        onFailure(reason);
        return new LogResult(LogState.Dropped, Reason: reason);
    }

    /// <summary>Events that waited are lost.</summary>
    public void DropWaiting(int events, string reason)
    {
        Settle(() => (_waiting, _dropped, _lastFailure) = (_waiting - events, _dropped + events, reason));
        onFailure(reason);
    }

    /// <summary>All that waits is lost.</summary>
    public void DropWaiting(string reason)
    {
        if (Waiting > 0)
            DropWaiting((int)Math.Min(Waiting, int.MaxValue), reason);
    }

    /// <summary>A request failed.</summary>
    public void Fail(string reason)
    {
        Settle(() => (_failed, _lastFailure) = (_failed + 1, reason));
        onFailure(reason);
    }

    private void Settle(Action change)
    {
        TaskCompletionSource settled;
        lock (_gate)
        {
            change();
            (settled, _settled) = (_settled, NewSignal());
        }
        settled.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
