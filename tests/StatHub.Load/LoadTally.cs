namespace StatHub.Load;

/// <summary>What one thread has seen; merged when all are done.</summary>
internal sealed class LoadTally(int targets)
{
    private const int Statuses = 600;

    private readonly long[] _statuses = new long[Statuses];
    private readonly TargetTally[] _targets = new TargetTally[targets];
    private long _answered;

    /// <summary>Requests that a connection has taken.</summary>
    public long Sent { get; set; }

    public long ConnectionsOpened { get; set; }

    public long ConnectFailures { get; set; }

    public LatencyHistogram Latency { get; } = new();

    /// <summary>Answers so far; other threads may look while the run goes on.</summary>
    public long AnsweredSoFar => Volatile.Read(ref _answered);

    public ReadOnlySpan<long> ByStatus => _statuses;

    public ReadOnlySpan<TargetTally> ByTarget => _targets;

    public void Answered(int target, int status, TimeSpan latency)
    {
        _statuses[status < Statuses ? status : 0]++;
        Latency.Add(latency);
        ref var tally = ref _targets[target];
        if (status is 200 or 204 or 304)
            tally.Accepted++;
        else
            tally.Refused++;
        Volatile.Write(ref _answered, _answered + 1);
    }

    public void Unanswered(int target) => _targets[target].Unanswered++;

    public void Merge(LoadTally other)
    {
        Sent += other.Sent;
        ConnectionsOpened += other.ConnectionsOpened;
        ConnectFailures += other.ConnectFailures;
        Latency.Merge(other.Latency);
        _answered += other._answered;
        for (var i = 0; i < Statuses; i++)
            _statuses[i] += other._statuses[i];
        for (var i = 0; i < _targets.Length; i++)
            _targets[i] = _targets[i].Plus(other._targets[i]);
    }
}

/// <summary>Outcomes of the requests for one tenant and key.</summary>
internal record struct TargetTally(long Accepted, long Refused, long Unanswered)
{
    public readonly TargetTally Plus(TargetTally other) =>
        new(Accepted + other.Accepted, Refused + other.Refused, Unanswered + other.Unanswered);
}
