namespace StatHub.Load;

/// <summary>
/// One thread with its connections and its share of the requests. Sockets do not block and are waited for together, and no task is ever scheduled.
/// </summary>
internal sealed class LoadWorker : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SendAgain = TimeSpan.FromMilliseconds(1);

    private readonly LoadPlan _plan;
    private readonly TimeProvider _time;
    private readonly LoadConnection[] _connections;
    private readonly LoadPoller _poller = new();
    private readonly long _last;
    private long _next;
    private long _connectFailingSince = -1;
    private long _lastConnectAt;
    private long _lookedForLateAt;

    public LoadWorker(LoadPlan plan, LoadTargets targets, int thread, TimeProvider time)
    {
        _plan = plan;
        _time = time;
        Tally = new LoadTally(targets.Names.Length);
        (_next, _last) = (plan.Requests * thread / plan.Threads, plan.Requests * (thread + 1) / plan.Threads);
        var count = Math.Max(1, (plan.Connections * (thread + 1) / plan.Threads) - (plan.Connections * thread / plan.Threads));
        _connections = [.. Enumerable.Range(0, count).Select(_ => new LoadConnection(targets, Tally, time))];
    }

    public LoadTally Tally { get; }

    public void Run(CancellationToken cancellationToken)
    {
        var first = _next;
        var pace = new LoadPace(_plan.Rate / _plan.Threads, _time);
        while (!cancellationToken.IsCancellationRequested && KeepsGoing())
        {
            var due = pace.Due is var d && d > _last - first ? _last : first + d;
            SendUntil(due);
            var wait = _next < _last ? pace.Until(_next - first) : Tick;
            Receive(wait > TimeSpan.Zero && wait < Tick ? wait : Tick, cancellationToken);
            GiveUpTheLate();
        }
    }

    public void Dispose()
    {
        Array.ForEach(_connections, connection => connection.Dispose());
        _poller.Dispose();
    }

    // All its requests are accounted for, or the rest cannot be sent.
    private bool KeepsGoing()
    {
        if (_next < _last && !IsOutOfPatience())
            return true;
        return Array.Exists(_connections, connection => connection.InFlight > 0);
    }

    private bool IsOutOfPatience() =>
        _connectFailingSince >= 0 && _time.GetElapsedTime(_connectFailingSince) > _plan.ConnectPatience;

    private void SendUntil(long due)
    {
        for (var i = 0; i < _connections.Length && _next < due; i++)
        {
            var connection = _connections[i];
            if (connection.InFlight >= _plan.Pipelining || (connection.Socket is null && !TryConnect(i)))
                continue;
            while (_next < due && connection.InFlight < _plan.Pipelining)
                connection.Send(_next++);
            connection.Flush();
        }
    }

    private bool TryConnect(int number)
    {
        // After a failure one attempt per pause is enough: the server is not there.
        if (_connectFailingSince >= 0 && _time.GetElapsedTime(_lastConnectAt) < ConnectPause)
            return false;
        _lastConnectAt = _time.GetTimestamp();
        if (!_connections[number].TryConnect(_plan.Server))
        {
            _connectFailingSince = _connectFailingSince < 0 ? _lastConnectAt : _connectFailingSince;
            return false;
        }
        _poller.Watch(_connections[number].Socket!, number);
        _connectFailingSince = -1;
        return true;
    }

    private void Receive(TimeSpan wait, CancellationToken cancellationToken)
    {
        var isOpen = false;
        foreach (var connection in _connections)
        {
            isOpen |= connection.Socket is not null;
            // The socket had no room, which hardly ever happens.
            if (connection.HasUnsent)
            {
                connection.Flush();
                wait = SendAgain;
            }
        }
        if (!isOpen)
        {
            cancellationToken.WaitHandle.WaitOne(ConnectPause);
            return;
        }
        var ready = _poller.Wait(wait);
        for (var i = 0; i < ready; i++)
            _connections[_poller.Ready(i)].Receive();
    }

    private void GiveUpTheLate()
    {
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_lookedForLateAt, now) < Tick)
            return;
        _lookedForLateAt = now;
        foreach (var connection in _connections)
        {
            if (connection.InFlight > 0 && _time.GetElapsedTime(connection.OldestSentAt, now) > _plan.AnswerTimeout)
                connection.Close();
        }
    }
}
