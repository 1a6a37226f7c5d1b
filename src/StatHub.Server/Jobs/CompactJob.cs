using StatHub.Contracts.Jobs;
using StatHub.Core.Work;
using StatHub.Storage.Compaction;

namespace StatHub.Server.Jobs;

/// <summary>Compacts all finished days now, as fast as it goes, also those that got late hits since they were compacted.</summary>
internal sealed class CompactJob(Compactor compactor) : JobKind("compact")
{
    public override bool TakesDays => false;

    public override async Task<Func<JobInfo, JobInfo>> RunAsync(JobQuestion question, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        var request = new CompactionRequest { Tenant = question.Tenant, After = TimeSpan.Zero, AgainAfter = TimeSpan.Zero, WritesWaiting = true };
        var told = new Told(progress);
        var result = await compactor.RunAsync(request, told, cancellationToken);
        return job => job with
        {
            Compacted = new CompactResult(result.Days, result.Lines, result.BytesBefore, result.BytesAfter, result.SegmentsRemoved, result.Problems),
        };
    }

    /// <summary>Hands on at once what <see cref="Progress{T}"/> would hand on some time.</summary>
    private sealed class Told(Action<WorkProgress> progress) : IProgress<CompactionProgress>
    {
        public void Report(CompactionProgress value) => progress(new WorkProgress(value.DaysDone, value.DaysTotal, "days"));
    }
}
