using StatHub.Contracts.Json;
using StatHub.Contracts.Stats;
using StatHub.Core.Stats;
using StatHub.Server.Http;

namespace StatHub.Server.Stats;

/// <summary>A refusal in the words that clients of stats have always read, whatever its status.</summary>
internal sealed class StatsFailure(int status, string error) : IResult, IStatusCodeHttpResult
{
    public static readonly StatsFailure TooLong = new(StatusCodes.Status413PayloadTooLarge, $"The body has over {StatLimits.BodyBytes} bytes.");

    public static readonly StatsFailure UnknownTenant = new(StatusCodes.Status404NotFound, "There is no such tenant.");

    public static readonly StatsFailure TooManyStreams = new(StatusCodes.Status429TooManyRequests, $"The tenant has {OpenStreams.Most} open streams, and may have no more.");

    public static readonly StatsFailure NoTenant = new(
        StatusCodes.Status400BadRequest, "The token is for all tenants: name one with ?tenant=, or send a token of the tenant.");

    public int? StatusCode => status;

    public static StatsFailure Bad(string error) => new(StatusCodes.Status400BadRequest, error);

    /// <summary>What is wrong with the service, and may be better soon.</summary>
    public static StatsFailure Unavailable(StatsUnavailableException exception) => new(StatusCodes.Status503ServiceUnavailable, exception.Message);

    /// <summary>The same as a problem that every other route answers with.</summary>
    public static StatsFailure Of(ProblemResult problem) => new(problem.Problem.Status, $"{problem.Problem.Title} {problem.Problem.Detail}".TrimEnd());

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests && !httpContext.Response.Headers.ContainsKey("Retry-After"))
            httpContext.Response.Headers.RetryAfter = "5";
        return httpContext.Response.WriteAsJsonAsync(
            new UpdateAnswer(false, error), StatHubJson.Default.UpdateAnswer, contentType: null, httpContext.RequestAborted);
    }
}
