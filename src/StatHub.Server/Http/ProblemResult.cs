using StatHub.Contracts;
using StatHub.Contracts.Json;

namespace StatHub.Server.Http;

/// <summary>
/// A problem as the whole answer. Its body is the same bytes for the same problem: nothing of the request is added, so
/// that a tenant that may not be seen cannot be told from one that does not exist.
/// </summary>
internal sealed class ProblemResult(Problem problem) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    public Problem Problem => problem;

    public int? StatusCode => problem.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = problem.Status;
        return httpContext.Response.WriteAsJsonAsync(
            problem, StatHubJson.Default.Problem, ContentType, httpContext.RequestAborted);
    }
}
