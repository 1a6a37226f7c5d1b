using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Logs;
using StatHub.Server.Http;

namespace StatHub.Server.Logs;

/// <summary>Shows the logs that the service follows.</summary>
internal static class SourceEndpoints
{
    private static readonly FollowedLog Example = new("/var/log/nginx/access.log", "shop", "combined", "{section}", 52_480, 412, 1, 90, 0, 0, null);

    public static void MapLogSources(this IEndpointRouteBuilder routes) =>
        routes.MapRead("/api/v1/sources", List).Demands(Access.ServiceAdmin).WithTags("Logs")
            .WithSummary("List the logs that the service follows")
            .WithDescription("They are settings of the service (`StatHub:Logs:Sources`) and cannot be changed here.")
            .Answers(200, "The logs, in the order of the settings.", [Example], StatHubJson.Default.IReadOnlyListFollowedLog)
            .AnswersProblems(Problems.BadArgument("…", "This address takes no arguments."), Problems.NoToken, Problems.MissingScope);

    private static Results<Ok<IReadOnlyList<FollowedLog>>, ProblemResult> List(HttpContext http, SourceBoard board) =>
        new Arguments(http).Failed(out var problem) ? problem : TypedResults.Ok(board.List());
}
