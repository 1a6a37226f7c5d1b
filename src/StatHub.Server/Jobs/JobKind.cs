using StatHub.Contracts.Jobs;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Work;

namespace StatHub.Server.Jobs;

/// <summary>A kind of long work.</summary>
/// <param name="name">Its name in the API.</param>
internal abstract class JobKind(string name)
{
    public string Name => name;

    /// <summary>Whether it can be about some days only.</summary>
    public virtual bool TakesDays => true;

    /// <summary>Whether it can be about one tenant only.</summary>
    public virtual bool TakesTenant => true;

    /// <summary>Does the work, on a thread of its own; what it found is put into the job's answer.</summary>
    /// <param name="question">What it is about.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Somebody cancelled it, or the service ends.</param>
    public abstract Task<Func<JobInfo, JobInfo>> RunAsync(JobQuestion question, Action<WorkProgress> progress, CancellationToken cancellationToken);
}

/// <summary>What a job is about.</summary>
/// <param name="Tenant">One tenant; null for all.</param>
/// <param name="Days">UTC days.</param>
internal sealed record JobQuestion(TenantId? Tenant, DayRange Days);
