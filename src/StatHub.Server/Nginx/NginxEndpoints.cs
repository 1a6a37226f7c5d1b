using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Nginx;
using StatHub.Core.Journal;
using StatHub.Core.Nginx;
using StatHub.Server.Http;

namespace StatHub.Server.Nginx;

/// <summary>Cuts the journal on demand.</summary>
internal static class NginxEndpoints
{
    private static readonly ReopenDone Example = new("hits-2026-03-01-10-00.log", 1_048_576, true, null);

    public static void MapNginx(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/nginx/reopen", ReopenAsync).Demands(Access.ServiceAdmin).WithTags("nginx")
            .WithSummary("Cut the journal now")
            .WithDescription("Renames the live file and makes nginx reopen its logs. An empty file is not cut; `detail` says why there was no cut.")
            .Answers(200, "What was cut.", Example, StatHubJson.Default.ReopenDone)
            .AnswersProblems(
                Problems.BadArgument("…", "This address takes no arguments."), Problems.NoToken, Problems.MissingScope,
                Problems.NginxNotSignalled("The Docker socket refused the connection."));

    private static async Task<Results<Ok<ReopenDone>, ProblemResult>> ReopenAsync(HttpContext http, IJournal journal)
    {
        if (new Arguments(http).Failed(out var problem))
            return problem;
        try
        {
            var cut = await journal.CutAsync(http.RequestAborted);
            return TypedResults.Ok(new ReopenDone(cut.File, cut.Bytes, cut.Signalled, cut.Detail));
        }
        catch (ReopenException exception)
        {
            return Problems.NginxNotSignalled(exception.Message);
        }
    }
}
