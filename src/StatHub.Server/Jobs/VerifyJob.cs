using StatHub.Contracts.Jobs;
using StatHub.Core.Time;
using StatHub.Core.Verification;
using StatHub.Core.Work;

namespace StatHub.Server.Jobs;

/// <summary>Compares what the store answers with its raw hits.</summary>
internal sealed class VerifyJob(IVerifier verifier) : JobKind("verify")
{
    public override Task<Func<JobInfo, JobInfo>> RunAsync(JobQuestion question, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        var report = verifier.Verify(question.Tenant, question.Days, progress, cancellationToken);
        return Task.FromResult<Func<JobInfo, JobInfo>>(job => job with
        {
            Verified = new VerifyResult(
                report.IsClean, report.Tenants, report.Days, report.Hits, report.Unlabelled, report.Expired, report.DifferenceCount, [.. report.Differences.Select(ToContract)]),
        });
    }

    private static VerifyDifference ToContract(Difference difference) => new(
        difference.Tenant?.ToString(), difference.Day is { } day ? UtcDay.Date(day) : null, difference.Key,
        difference.What, difference.Expected, difference.Found);
}
