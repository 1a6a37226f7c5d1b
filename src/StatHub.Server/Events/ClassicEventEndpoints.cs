using System.Buffers;
using System.Net.Mime;
using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Events;
using StatHub.Contracts.Json;
using StatHub.Core.Events;
using StatHub.Server.Http;
using StatHub.Storage.Events;

namespace StatHub.Server.Events;

/// <summary>Events as clients of stats-service send and read them. The tenant is the token's.</summary>
internal static class ClassicEventEndpoints
{
    private static readonly string Version =
        typeof(ClassicEventEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static readonly Pong Alive = new("ok", Version, "stathub");

    public static void MapClassicEvents(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("stats-service");
        group.MapRead("/ping", () => TypedResults.Ok(Alive)).Demands(Access.Everybody)
            .WithSummary("Say that the service runs")
            .Answers(200, "It runs.", Alive with { Version = "0.2.0" }, StatHubJson.Default.Pong);
        group.MapPost("/log/event", TakeAsync).Demands(Access.OwnWrite with { Refuse = RefuseAsync }).WithMetadata(FrequentRoute.Mark)
            .WithSummary("Send an event, or points, of the token's tenant")
            .WithDescription(
                "An object has `event` and `uid` (which may be empty) and any other fields; an array has points `{\"measurement\",\"tags\",\"fields\"}`. A 200 means that they are on disk.")
            .WithMetadata(new BodyDoc("""{"event":"server.start","uid":"system-web1","ip":"203.0.113.9","app_node":"web1"}"""))
            .Answers(200, "The name of the event; for points `\"OK\"`.", "entry_019a1b2c3d4e7f008899aabbccddeeff", StatHubJson.Default.String)
            .Answers(400, "What is wrong; nothing is stored.", Failure("uid: It is missing; it may be empty."), StatHubJson.Default.ClassicFailure)
            .Answers(403, "The token is missing, wrong or may not do this.", Forbidden, StatHubJson.Default.ClassicRefusal);
        group.MapRead("/log/event/{id}", FindAsync).Demands(Access.OwnReadOrWrite with { Refuse = RefuseAsync })
            .WithSummary("Find an event of the token's tenant")
            .AnswersText(200, "What was sent, with `event_id` and `time`.", MediaTypeNames.Application.Json, """{"event":"server.start","uid":"system-web1","event_id":"entry_019a1b2c3d4e7f008899aabbccddeeff","time":"2026-03-01T12:00:00.000Z"}""")
            .Answers(404, "There is none.", Failure("entry_019a1b2c3d4e7f008899aabbccddeeff"), StatHubJson.Default.ClassicFailure)
            .Answers(503, "It is not known yet whether there is one.", Failure("What was sent before is not counted yet. Try again later."), StatHubJson.Default.ClassicFailure)
            .Answers(403, "The token is missing, wrong or may not do this.", Forbidden, StatHubJson.Default.ClassicRefusal);
    }

    private static ClassicRefusal Forbidden => new("The token is missing or not valid.", 403, "Forbidden");

    private static async Task<IResult> TakeAsync(HttpContext http, EventIntake intake)
    {
        using var body = await EventBody.ReadAsync(http);
        try
        {
            var answer = await intake.TakeAsync(body, EventForm.Classic, http.OwnTenant(), key: null, http.RequestAborted);
            if (answer.Errors is { } errors)
                return TypedResults.Json(Failure(Describe(errors, answer.IsArray)), StatHubJson.Default.ClassicFailure, statusCode: StatusCodes.Status400BadRequest);
            return TypedResults.Json(answer.IsArray ? "OK" : answer.Ids[0], StatHubJson.Default.String);
        }
        catch (EventJournalException exception)
        {
            return Unavailable(http, exception);
        }
    }

    private static async Task<Results<FileContentHttpResult, JsonHttpResult<ClassicFailure>>> FindAsync(HttpContext http, EventIntake intake)
    {
        var id = RawPath.Part(http, "id");
        var found = new ArrayBufferWriter<byte>();
        try
        {
            return await intake.TryFindAsync(http.OwnTenant(), id, found, http.RequestAborted)
                ? TypedResults.Bytes(found.WrittenMemory.ToArray(), MediaTypeNames.Application.Json)
                : TypedResults.Json(Failure(id), StatHubJson.Default.ClassicFailure, statusCode: StatusCodes.Status404NotFound);
        }
        catch (EventJournalException exception)
        {
            return Unavailable(http, exception);
        }
    }

    private static JsonHttpResult<ClassicFailure> Unavailable(HttpContext http, EventJournalException exception)
    {
        http.Response.Headers.RetryAfter = "1";
        return TypedResults.Json(Failure(exception.Message), StatHubJson.Default.ClassicFailure, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static ClassicFailure Failure(string message) => new(Success: false, Data: null, message);

    private static string Describe(IReadOnlyList<EventError> errors, bool isArray) =>
        string.Join(" ", errors.Select(error => isArray ? $"{error.Index}: {error.Field}: {error.Detail}" : $"{error.Field}: {error.Detail}"));

    /// <summary>Old clients know 403 for whatever is wrong with a token; who asks too often is told so.</summary>
    private static Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        var status = refusal.Reason is RefusalReason.TooManyAttempts or RefusalReason.TooManyRequests ? StatusCodes.Status429TooManyRequests : StatusCodes.Status403Forbidden;
        http.Response.StatusCode = status;
        var body = new ClassicRefusal(refusal.Problem.Problem.Detail ?? refusal.Problem.Problem.Title, status, status == 403 ? "Forbidden" : "Too Many Requests");
        var accept = http.Request.Headers.Accept.ToString();
        if (accept.Length > 0 && !accept.Contains("json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("*/*", StringComparison.Ordinal))
            return http.Response.WriteAsync($"{body.Code} {body.Title}: {body.Message}\n", http.RequestAborted);
        return http.Response.WriteAsJsonAsync(body, StatHubJson.Default.ClassicRefusal, MediaTypeNames.Application.Json, http.RequestAborted);
    }
}
