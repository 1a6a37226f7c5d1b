namespace StatHub.Storage.Stats;

/// <summary>What became of commits of stats since the start.</summary>
public sealed class StatsMeter
{
    private long _commits;
    private long _ticks;
    private long _updates;
    private long _refused;
    private volatile string? _problem;

    /// <summary>Updates that were applied.</summary>
    public long Updates => Interlocked.Read(ref _updates);

    /// <summary>Updates that were refused for what the store has.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Commits that are durable.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>How long they took, together.</summary>
    public TimeSpan CommitTime => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    /// <summary>What the last commit failed of; null when it did not.</summary>
    public string? Problem => _problem;

    internal void Committed(TimeSpan took, string? problem)
    {
        _problem = problem;
        if (problem is not null)
            return;
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _ticks, took.Ticks);
    }

    internal void Failed(string problem) => _problem = problem;

    internal void Answered(bool isRefused) => Interlocked.Increment(ref isRefused ? ref _refused : ref _updates);
}
