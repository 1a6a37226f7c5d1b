using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Health;
using StatHub.Contracts.Json;
using StatHub.Server.Http;

namespace StatHub.Server.Health;

/// <summary>Liveness and readiness.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Health").Demands(Access.Everybody).DisableRateLimiting();
        group.MapRead("/healthz", () => TypedResults.Ok(new HealthState("alive")))
            .WithSummary("Say that the process answers")
            .Answers(200, "It does.", new HealthState("alive"), StatHubJson.Default.HealthState);
        group.MapRead("/readyz", Ready)
            .WithSummary("Say whether the service does its work")
            .WithDescription("Journal readable, cuts work, lag below a limit, disk not full, database copied. What is wrong is in `reasons`.")
            .Answers(200, "All is well.", new HealthState("ready"), StatHubJson.Default.HealthState)
            .AnswersProblems(Problems.NotReady(["The journal is 12 minutes behind."]));
    }

    private static Results<Ok<HealthState>, ProblemResult> Ready(HttpContext http, Readiness readiness)
    {
        http.Response.Headers.CacheControl = "no-store";
        var reasons = readiness.Reasons();
        return reasons.Count == 0 ? TypedResults.Ok(new HealthState("ready")) : Problems.NotReady(reasons);
    }
}
