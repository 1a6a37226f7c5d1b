using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Jobs;
using StatHub.Contracts.Json;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Server.Http;

namespace StatHub.Server.Jobs;

/// <summary>Long work: asked for, watched and cancelled.</summary>
internal static class JobEndpoints
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly JobInfo Queued = new(
        7, "verify", "demo", new DateOnly(2026, 2, 1), null, JobStates.Queued, null, Noon, null, null, null, null);

    private static readonly JobInfo Done = Queued with
    {
        State = JobStates.Done,
        Progress = new JobProgress(5230, 5230, "hits"),
        StartedAt = Noon,
        EndedAt = Noon.AddSeconds(2),
        Verified = new VerifyResult(false, 1, 28, 5230, 0, 0, 1, [new VerifyDifference("demo", new DateOnly(2026, 2, 5), "home", "hits", "180", "181")]),
    };

    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<JobKind, VerifyJob>();
        services.AddSingleton<JobKind, CompactJob>();
        services.AddSingleton<JobKind, RebuildJob>();
        services.AddSingleton<JobKind, BackupJob>();
        services.AddSingleton<JobQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<JobQueue>());
        return services;
    }

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/jobs").WithTags("Jobs").Demands(Access.ServiceAdmin);
        group.MapRead("", List)
            .WithSummary("List the jobs since the service started")
            .Answers(200, "The jobs, the latest first; at most 100.", [Done], StatHubJson.Default.IReadOnlyListJobInfo)
            .AnswersProblems(Problems.BadArgument("…", "This address takes no arguments."), Problems.NoToken, Problems.MissingScope);
        group.MapPost("", CreateAsync)
            .WithSummary("Ask for long work")
            .WithDescription("Jobs run one after another while hits go on to be counted. `verify` compares every sum with the raw hits and the ledger, and changes nothing. `compact` brings finished days into one file per tenant now, also those that got late hits. `rebuild` labels and sums raw hits again with the patterns of now; a day's answers are those of before until they are replaced at once. `backup` copies the whole store, as it is at one moment, into a folder of its own on the machine of the service.")
            .TakesBody(new NewJob("verify", "demo", new DateOnly(2026, 2, 1)), StatHubJson.Default.NewJob)
            .Answers(202, "The job; `Location` is where to ask for its progress.", Queued, StatHubJson.Default.JobInfo)
            .AnswersProblems(Problems.BadArgument("kind", "…"), Problems.NoToken, Problems.MissingScope, Problems.TooManyJobs);
        group.MapRead("/{id}", Find)
            .WithSummary("Tell how far a job is, and what it found")
            .Answers(200, "The job.", Done, StatHubJson.Default.JobInfo)
            .AnswersProblems(Problems.BadArgument("…", "This address takes no arguments."), Problems.NoToken, Problems.MissingScope, Problems.UnknownJob);
        group.MapDelete("/{id}", Cancel)
            .WithSummary("Cancel a job")
            .WithDescription("It ends soon; nothing is left half done. A job that has ended stays as it is.")
            .Answers(200, "The job.", Queued with { State = JobStates.Cancelled, EndedAt = Noon }, StatHubJson.Default.JobInfo)
            .AnswersProblems(Problems.BadArgument("…", "This address takes no arguments."), Problems.NoToken, Problems.MissingScope, Problems.UnknownJob);
    }

    private static Results<Ok<IReadOnlyList<JobInfo>>, ProblemResult> List(HttpContext http, JobQueue jobs) =>
        new Arguments(http).Failed(out var problem) ? problem : TypedResults.Ok(jobs.List());

    private static async Task<Results<Accepted<JobInfo>, ProblemResult>> CreateAsync(HttpContext http, JobQueue jobs, ITenantStore tenants)
    {
        var arguments = new Arguments(http);
        var body = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.NewJob);
        var question = body is null ? null : Read(body, arguments, jobs, tenants);
        if (arguments.Failed(out var problem))
            return problem;
        var queued = Queued with { Kind = body!.Kind!, Tenant = body.Tenant, From = body.From, To = body.To };
        return jobs.TryAdd(queued, question!) is { } job
            ? TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"/api/v1/jobs/{job.Id}"), job)
            : Problems.TooManyJobs;
    }

    private static Results<Ok<JobInfo>, ProblemResult> Find(HttpContext http, string id, JobQueue jobs) =>
        Answer(http, id, jobs.Find);

    private static Results<Ok<JobInfo>, ProblemResult> Cancel(HttpContext http, string id, JobQueue jobs) =>
        Answer(http, id, jobs.Cancel);

    private static Results<Ok<JobInfo>, ProblemResult> Answer(HttpContext http, string id, Func<long, JobInfo?> find)
    {
        if (new Arguments(http).Failed(out var problem))
            return problem;
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && find(number) is { } job
            ? TypedResults.Ok(job)
            : Problems.UnknownJob;
    }

    private static JobQuestion Read(NewJob body, Arguments arguments, JobQueue jobs, ITenantStore tenants)
    {
        var kind = jobs.KindOf(body.Kind);
        if (kind is null)
            arguments.Refuse("kind", $"It is one of: {string.Join(", ", jobs.Kinds)}.");
        TenantId? tenant = null;
        if (body.Tenant is not null)
        {
            if (kind is { TakesTenant: false })
                arguments.Refuse("tenant", $"'{kind.Name}' is about all tenants.");
            if (TenantId.TryParse(body.Tenant, out var id) && tenants.Find(id) is not null)
                tenant = id;
            else
                arguments.Refuse("tenant", "There is no such tenant.");
        }
        if (kind is { TakesDays: false } && body is not { From: null, To: null })
            arguments.Refuse("from", $"'{kind.Name}' is about all days.");
        if (body.From >= body.To)
            arguments.Refuse("to", "It is a day after 'from'.");
        return new JobQuestion(tenant, new DayRange(
            body.From is { } from ? UtcDay.Of(from) : 0, body.To is { } to ? UtcDay.Of(to) : long.MaxValue));
    }
}
