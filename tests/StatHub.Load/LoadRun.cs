namespace StatHub.Load;

/// <summary>Sends a plan's requests and accounts for each of them.</summary>
public sealed class LoadRun : IDisposable
{
    private readonly LoadPlan _plan;
    private readonly TimeProvider _time;
    private readonly LoadTargets _targets;
    private readonly LoadWorker[] _workers;

    public LoadRun(LoadPlan plan, TimeProvider? time = null)
    {
        _plan = plan;
        _time = time ?? TimeProvider.System;
        _targets = new LoadTargets(plan);
        _workers = [.. Enumerable.Range(0, plan.Threads).Select(i => new LoadWorker(plan, _targets, i, _time))];
    }

    /// <summary>Answers so far.</summary>
    public long Answered => _workers.Sum(worker => worker.Tally.AnsweredSoFar);

    /// <summary>Runs the plan to its end; cancelled, it reports what was sent and leaves the rest unsent.</summary>
    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var cpuBefore = Environment.CpuUsage.TotalTime;
        await Task.WhenAll(_workers.Select(worker => Task.Factory.StartNew(
            () => worker.Run(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var elapsed = _time.GetElapsedTime(start);
        var cpu = Environment.CpuUsage.TotalTime - cpuBefore;
        Dispose();
        return Report(elapsed, cpu);
    }

    // What a cancelled run still waited for becomes unanswered here.
    public void Dispose() => Array.ForEach(_workers, worker => worker.Dispose());

    private LoadReport Report(TimeSpan elapsed, TimeSpan cpu)
    {
        var tally = new LoadTally(_targets.Names.Length);
        Array.ForEach(_workers, worker => tally.Merge(worker.Tally));
        var statuses = tally.ByStatus.ToArray();
        var targets = _targets.Names.Zip(tally.ByTarget.ToArray(), (name, sums) =>
            new LoadTargetReport(name.Tenant, name.Key, sums.Accepted, sums.Refused, sums.Unanswered)).ToArray();
        var answered = statuses.Sum();
        return new LoadReport
        {
            Requests = _plan.Requests,
            Answered = answered,
            Answered200 = statuses[200],
            Answered204 = statuses[204],
            Answered304 = statuses[304],
            Answered429 = statuses[429],
            AnsweredOther = answered - statuses[200] - statuses[204] - statuses[304] - statuses[429],
            Unanswered = targets.Sum(target => target.Unanswered),
            Unsent = _plan.Requests - tally.Sent,
            ConnectionsOpened = tally.ConnectionsOpened,
            ConnectFailures = tally.ConnectFailures,
            LatencyP50Milliseconds = tally.Latency.Percentile(0.5).TotalMilliseconds,
            LatencyP99Milliseconds = tally.Latency.Percentile(0.99).TotalMilliseconds,
            Seconds = elapsed.TotalSeconds,
            AnswersPerSecond = answered / elapsed.TotalSeconds,
            CpuSeconds = cpu.TotalSeconds,
            Statuses = new SortedDictionary<int, long>(
                statuses.Index().Where(s => s.Item > 0).ToDictionary(s => s.Index, s => s.Item)),
            Targets = targets,
        };
    }
}
