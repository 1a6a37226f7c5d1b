using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Hits;
using StatHub.Contracts.Json;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Time;
using StatHub.Server.Http;
using static StatHub.Server.Http.QueryArgumentList;

namespace StatHub.Server.Hits;

/// <summary>Sums over a range, and over the buckets of a range.</summary>
internal static class CountEndpoints
{
    private const string Guests = "Of a tenant with `publicRead` anybody may ask without a token; such an answer is up to 10 seconds old, and `fresh` is refused.";

    public static void MapCounts(this IEndpointRouteBuilder scope, string about)
    {
        scope.MapRead("/count", CountAsync).Demands(Access.PublicRead)
            .WithSummary($"Count the hits of {about}")
            .WithDescription("`hits` is every counted hit, `value` the exact sum of `tv`. The answer echoes the range that it used. " + Guests)
            .Takes(From, To, Tz, Fresh)
            .Answers(200, "The sums.", Examples.Count, StatHubJson.Default.HitCount)
            .AnswersTenantProblems();
        scope.MapRead("/series", SeriesAsync).Demands(Access.PublicRead)
            .WithSummary($"Count the hits of {about} per minute, hour, day, week or month")
            .WithDescription("Empty buckets are there with 0. The first and the last bucket hold only hits of the range. "
                + "At most 20,000 points. With `dimension` and `name` it counts the hits with one value of a dimension. " + Guests)
            .Takes(From, To, Step, Tz, ValueSeries.DimensionArgument, ValueSeries.NameArgument, Fresh)
            .Answers(200, "The sums of each bucket.", Examples.Series, StatHubJson.Default.HitSeries)
            .AnswersTenantProblems();
    }

    private static async Task<Results<Ok<HitCount>, ProblemResult>> CountAsync(
        HttpContext http, IHitCounts counts, IJournal journal, PublicAnswers answers, TimeProvider time)
    {
        if (answers.Find<HitCount>(http) is { } known)
            return TypedResults.Ok(known);
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var range = RangeArguments.Read(arguments, time.GetUtcNow());
        var wait = Freshness.Read(http, arguments);
        if (arguments.Failed(out var problem))
            return problem;
        var (asOf, fresh) = await Freshness.OfAsync(journal, wait, http.RequestAborted);
        var (hits, bots, value, visitors) = counts.Count(scope, range.Range);
        return TypedResults.Ok(answers.Keep(http, new HitCount(
            scope.Tenant.ToString(), scope.Key?.ToString(), range.From, range.To,
            hits, bots, ExactNumber.Parse(value.ToString()), visitors, asOf, fresh)));
    }

    private static async Task<Results<Ok<HitSeries>, ProblemResult>> SeriesAsync(
        HttpContext http, IHitCounts counts, IDimensionCounts sums, IJournal journal, PublicAnswers answers, TimeProvider time)
    {
        if (answers.Find<HitSeries>(http) is { } known)
            return TypedResults.Ok(known);
        var now = time.GetUtcNow();
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var range = RangeArguments.Read(arguments, now);
        var value = ValueSeries.Read(arguments);
        if (value is not null)
            range = range with { Range = DayRange.Of(range.Range).Minutes };
        var wait = Freshness.Read(http, arguments);
        var question = arguments.IsRefused("to") ? null : SeriesQuestion.Read(arguments, range, now);
        if (arguments.Failed(out var problem))
            return problem;
        var (asOf, fresh) = await Freshness.OfAsync(journal, wait, http.RequestAborted);
        var series = value is null ? question!.Answer(scope, counts, asOf, fresh) : value.Answer(question!, scope, sums, asOf, fresh);
        return TypedResults.Ok(answers.Keep(http, series, series.Points.Count));
    }
}
