using System.Threading.Channels;
using StatHub.Contracts.Jobs;
using StatHub.Core.Work;

namespace StatHub.Server.Jobs;

/// <summary>
/// Does long work one job after another, in the order in which it was asked for. Jobs are remembered until the service ends; work that it interrupts
/// leaves nothing half done and can be asked for again.
/// </summary>
internal sealed partial class JobQueue(IEnumerable<JobKind> kinds, TimeProvider time, ILogger<JobQueue> logger) : BackgroundService
{
    /// <summary>The most jobs that wait.</summary>
    public const int MostWaiting = 20;

    private const int MostRemembered = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, JobKind> _kinds = kinds.ToDictionary(kind => kind.Name);
    private readonly SortedDictionary<long, Job> _jobs = [];
    private readonly Channel<Job> _waiting = Channel.CreateBounded<Job>(MostWaiting);
    private long _last;

    /// <summary>The names of all kinds.</summary>
    public IReadOnlyList<string> Kinds => [.. _kinds.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether a kind of job can be about some days only.</summary>
    public bool TakesDays(string kind) => _kinds[kind].TakesDays;

    /// <summary>Whether a kind of job can be about one tenant only.</summary>
    public bool TakesTenant(string kind) => _kinds[kind].TakesTenant;

    /// <summary>All jobs, the latest first.</summary>
    public IReadOnlyList<JobInfo> List()
    {
        lock (_gate)
            return [.. _jobs.Values.Reverse().Select(job => job.Info)];
    }

    /// <summary>A job; null when there is none of this number.</summary>
    public JobInfo? Find(long id)
    {
        lock (_gate)
            return _jobs.GetValueOrDefault(id)?.Info;
    }

    /// <summary>Puts a job at the end of the queue; null when that is full.</summary>
    public JobInfo? TryAdd(JobInfo info, JobQuestion question)
    {
        lock (_gate)
        {
            var job = new Job(info with { Id = _last + 1, CreatedAt = time.GetUtcNow() }, question);
            if (!_waiting.Writer.TryWrite(job))
            {
                job.Dispose();
                return null;
            }
            _jobs[++_last] = job;
            foreach (var old in _jobs.Values.Where(old => old.HasEnded).Take(Math.Max(0, _jobs.Count - MostRemembered)).ToList())
            {
                _jobs.Remove(old.Info.Id);
                old.Dispose();
            }
            return job.Info;
        }
    }

    /// <summary>Cancels a job that has not ended; null when there is none of this number.</summary>
    public JobInfo? Cancel(long id)
    {
        lock (_gate)
        {
            if (!_jobs.TryGetValue(id, out var job))
                return null;
            if (job.Info.State == JobStates.Queued)
                job.Info = job.Info with { State = JobStates.Cancelled, EndedAt = time.GetUtcNow() };
            job.Cancel();
            return job.Info;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var job in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            if (!job.HasEnded)
                await RunAsync(job, stoppingToken);
        }
    }

    private async Task RunAsync(Job job, CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, job.Cancelled);
        Set(job, info => info with { State = JobStates.Running, StartedAt = time.GetUtcNow() });
        LogStarted(job.Info.Id, job.Info.Kind);
        try
        {
            var result = await Task.Run(() => _kinds[job.Info.Kind].RunAsync(job.Question, progress => Set(job, info => Told(info, progress)), ended.Token), ended.Token);
            Set(job, info => result(info) with { State = JobStates.Done, EndedAt = time.GetUtcNow() });
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            Set(job, info => info with { State = JobStates.Cancelled, EndedAt = time.GetUtcNow() });
        }
#pragma warning disable CA1031 // A job that fails must not take the others with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Set(job, info => info with { State = JobStates.Failed, EndedAt = time.GetUtcNow(), Error = exception.Message });
            LogFailed(exception, job.Info.Id, job.Info.Kind);
        }
        LogEnded(job.Info.Id, job.Info.Kind, job.Info.State);
    }

    private static JobInfo Told(JobInfo info, WorkProgress progress) => info with { Progress = new JobProgress(progress.Done, progress.Total, progress.Unit) };

    private void Set(Job job, Func<JobInfo, JobInfo> change)
    {
        lock (_gate)
            job.Info = change(job.Info);
    }

    [LoggerMessage(LogLevel.Information, "Job {Id} ({Kind}) begins")]
    private partial void LogStarted(long id, string kind);

    [LoggerMessage(LogLevel.Information, "Job {Id} ({Kind}) is {State}")]
    private partial void LogEnded(long id, string kind, string state);

    [LoggerMessage(LogLevel.Error, "Job {Id} ({Kind}) failed")]
    private partial void LogFailed(Exception exception, long id, string kind);

    /// <summary>A job and what becomes of it; changed under the queue's lock.</summary>
    private sealed class Job(JobInfo info, JobQuestion question) : IDisposable
    {
        private readonly CancellationTokenSource _cancel = new();

        public JobInfo Info { get; set; } = info;

        public JobQuestion Question => question;

        public CancellationToken Cancelled => _cancel.Token;

        public bool HasEnded => Info.EndedAt is not null;

        public void Cancel() => _cancel.Cancel();

        public void Dispose() => _cancel.Dispose();
    }
}

/// <summary>The states of a job in the API.</summary>
internal static class JobStates
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}
