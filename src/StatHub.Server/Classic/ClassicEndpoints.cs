using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Hits;
using StatHub.Contracts.Json;
using StatHub.Core.Hits;
using StatHub.Core.Hits.Formats;
using StatHub.Core.Journal;
using StatHub.Server.Http;

namespace StatHub.Server.Classic;

/// <summary>The same data under the names of the first StatHub.</summary>
internal static class ClassicEndpoints
{
    private static readonly DateTimeOffset ExampleTime = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly HitSeries Series = new(
        ExampleTime, ExampleTime.AddDays(1), "day", "UTC", ExampleTime.AddHours(12),
        [new SeriesPoint(ExampleTime, 1234, null, ExactNumber.Parse("1250.5"), null)]);

    public static void MapClassic(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("First StatHub");
        group.MapRead("/healthcheck", () => TypedResults.Ok("OK")).Demands(Access.Everybody)
            .WithSummary("Say that the service runs")
            .Answers(200, "It runs.", "OK", StatHubJson.Default.String);
        group.MapRead("/statcount/{tenant}/{key}", Count).Demands(Access.Read)
            .WithSummary("Count the hits of a key since a day")
            .Takes(QueryArgumentList.Start)
            .Answers(200, "The number of hits.", 1234L, StatHubJson.Default.Int64)
            .AnswersTenantProblems();
        group.MapRead("/statdata/{tenant}/{key}", Data).Demands(Access.Read)
            .WithSummary("Count the hits of a key per day since a day")
            .Takes(QueryArgumentList.Start, QueryArgumentList.Step)
            .Answers(200, "The series.", Series, StatHubJson.Default.HitSeries)
            .AnswersTenantProblems();
        group.MapRead("/rawlog/{tenant}/{key}", RawLogAsync).Demands(Access.Read)
            .WithSummary("Stream the raw hits of a key since a day")
            .Takes(QueryArgumentList.Start)
            .AnswersText(200, "The hits, a JSON array.", "application/json", """[{"tenant":"demo","key":"home","msec":1772323627.123}]""")
            .AnswersTenantProblems();
    }

    private static Results<Ok<long>, ProblemResult> Count(HttpContext http, IHitCounts counts, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var range = RangeArguments.ReadStart(arguments, time.GetUtcNow());
        return arguments.Failed(out var problem) ? problem : TypedResults.Ok(counts.Count(scope, range.Range).Hits);
    }

    private static Results<Ok<HitSeries>, ProblemResult> Data(HttpContext http, IHitCounts counts, IJournal journal, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var question = SeriesQuestion.Read(arguments, RangeArguments.ReadStart(arguments, now), now);
        if (arguments.Failed(out var problem))
            return problem;
        var asOf = journal.AsOf;
        return TypedResults.Ok(question.Answer(scope, counts, asOf, fresh: null));
    }

    private static async Task<Results<EmptyHttpResult, ProblemResult>> RawLogAsync(HttpContext http, IRawHits hits, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var range = RangeArguments.ReadStart(arguments, time.GetUtcNow());
        if (arguments.Failed(out var problem))
            return problem;
        http.Response.ContentType = "application/json";
        if (HttpMethods.IsHead(http.Request.Method))
            return TypedResults.Empty;
        using var reader = hits.Open(scope, range.Range, after: null);
        await HitFormat.Named("json").WriteAllAsync(reader, http.Response.BodyWriter, http.RequestAborted);
        return TypedResults.Empty;
    }
}
