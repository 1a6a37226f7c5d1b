using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Events;
using StatHub.Contracts.Json;
using StatHub.Core.Events;
using StatHub.Server.Http;
using StatHub.Storage.Events;

namespace StatHub.Server.Events;

/// <summary>Takes events of a tenant, and finds them again.</summary>
internal static class EventEndpoints
{
    private const string KeyHeader = "Idempotency-Key";
    private const int LongestKey = 200;

    private static readonly EventsAccepted Example = new(2, ["entry_019a1b2c3d4e7f008899aabbccddeeff", "order-4711"]);

    private static readonly EventProblem BadEvents = Faulty([new EventError(3, "event", "The name of the event is missing.")]);

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/tenants/{tenant}/events").WithTags("Events");
        group.MapPost("", TakeAsync).Demands(Access.Write).WithMetadata(FrequentRoute.Mark)
            .WithSummary("Send events")
            .WithDescription(
                "One event or an array of up to 1,000, taken whole or not at all; a 200 means that they are on disk. `event` is the name, and the key that is counted. "
                + "Optional are `uid` (the visitor), `time` (default: now), `event_id` (sending it again does not count twice), `value` (a number that is summed); "
                + "texts become dimensions `d.<name>`, up to eight. At most 64 KiB an event, 8 MiB a body. With the header `Idempotency-Key` (1 to 200 visible ASCII characters) "
                + "the same body gets the same answer for 24 hours and is counted once.")
            .WithMetadata(new BodyDoc("""[{"event":"signup","uid":"u7","plan":"pro","value":29.9},{"event":"order","event_id":"order-4711","time":"2026-03-01T12:00:00Z"}]"""))
            .Answers(200, "They are on disk and will be counted.", Example, StatHubJson.Default.EventsAccepted)
            .Answers(400, "What is wrong with which event; none is stored.", BadEvents, StatHubJson.Default.EventProblem)
            .AnswersProblems(Problems.NoToken, Problems.MissingScope, Problems.UnknownTenant, Problems.OfStatus(413), Problems.KeyReused, Problems.EventsNotTaken("…"));
        group.MapRead("/{id}", FindAsync).Demands(Access.Read)
            .WithSummary("Find an event")
            .WithDescription("Works at once after the event was sent, and as long as its raw hit is kept. Case and surrounding space do not matter.")
            .AnswersText(200, "What was sent, with `event_id` and `time`.", "application/json", """{"event":"signup","uid":"u7","plan":"pro","event_id":"entry_019a1b2c3d4e7f008899aabbccddeeff","time":"2026-03-01T12:00:00.000Z"}""")
            .AnswersTenantProblems()
            .AnswersProblems(Problems.UnknownEvent, Problems.EventNotKnownYet("…"));
    }

    private static async Task<Results<Ok<EventsAccepted>, JsonHttpResult<EventProblem>, ProblemResult>> TakeAsync(HttpContext http, EventIntake intake)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        var key = ReadKey(http, arguments);
        if (arguments.Failed(out var problem))
            return problem;
        using var body = await EventBody.ReadAsync(http);
        IntakeAnswer answer;
        try
        {
            answer = await intake.TakeAsync(body, EventForm.Batch, tenant, key, http.RequestAborted);
        }
        catch (EventJournalException exception)
        {
            http.Response.Headers.RetryAfter = "1";
            return Problems.EventsNotTaken(exception.Message);
        }
        if (answer.IsKeyReused)
            return Problems.KeyReused;
        return answer.Errors is { } errors
            ? TypedResults.Json(Faulty(errors), StatHubJson.Default.EventProblem, ProblemResult.ContentType, StatusCodes.Status400BadRequest)
            : TypedResults.Ok(new EventsAccepted(answer.Ids.Count, answer.Ids));
    }

    private static async Task<Results<FileContentHttpResult, ProblemResult>> FindAsync(HttpContext http, EventIntake intake)
    {
        var id = RawPath.Part(http, "id");
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        if (arguments.Failed(out var problem))
            return problem;
        var found = new ArrayBufferWriter<byte>();
        try
        {
            return await intake.TryFindAsync(tenant, id, found, http.RequestAborted)
                ? TypedResults.Bytes(found.WrittenMemory.ToArray(), "application/json")
                : Problems.UnknownEvent;
        }
        catch (EventJournalException exception)
        {
            http.Response.Headers.RetryAfter = "1";
            return Problems.EventNotKnownYet(exception.Message);
        }
    }

    private static string? ReadKey(HttpContext http, Arguments arguments)
    {
        if (!http.Request.Headers.TryGetValue(KeyHeader, out var values))
            return null;
        var key = values.ToString();
        if (values.Count != 1 || key.Length is 0 or > LongestKey || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            arguments.Refuse(KeyHeader, "It is one header of 1 to 200 visible ASCII characters.");
        return key;
    }

    private static EventProblem Faulty(IReadOnlyList<EventError> errors) => new(
        "/problems/bad-events", "Some events cannot be taken.", 400, "See 'errors' for each of them. None was stored.",
        [.. errors.Select(error => new EventFault(error.Index, error.Field, error.Detail))]);
}
