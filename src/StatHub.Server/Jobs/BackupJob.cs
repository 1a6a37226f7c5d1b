using StatHub.Contracts.Jobs;
using StatHub.Core.Work;
using StatHub.Storage.Backups;

namespace StatHub.Server.Jobs;

/// <summary>Backs the whole store up while hits go on to be counted.</summary>
internal sealed class BackupJob(IServiceProvider services) : JobKind("backup")
{
    public override bool TakesDays => false;

    public override bool TakesTenant => false;

    public override async Task<Func<JobInfo, JobInfo>> RunAsync(JobQuestion question, Action<WorkProgress> progress, CancellationToken cancellationToken)
    {
        var made = await services.GetRequiredService<StoreBackups>().MakeAsync(progress, cancellationToken);
        return job => job with { BackedUp = new BackupResult(made.Path, made.Batch, made.Files, made.Bytes, made.LinkedBytes, made.Removed) };
    }
}
