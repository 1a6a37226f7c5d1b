using StatHub.Contracts.Jobs;
using StatHub.Core.Work;
using StatHub.Storage.Rebuild;

namespace StatHub.Server.Jobs;

/// <summary>Labels and sums raw hits again, as if they were counted now.</summary>
internal sealed class RebuildJob(Rebuilder rebuilder) : JobKind("rebuild")
{
    public override async Task<Func<JobInfo, JobInfo>> RunAsync(JobQuestion question, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        var report = await rebuilder.RunAsync(new RebuildRequest(question.Tenant, question.Days), progress, cancellationToken);
        return job => job with
        {
            Rebuilt = new RebuildResult(report.Tenants, report.Days, report.Hits, report.Relabelled, report.Series, report.Expired, report.Problems),
        };
    }
}
