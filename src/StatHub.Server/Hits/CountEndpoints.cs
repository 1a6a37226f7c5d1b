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
    public static void MapCounts(this IEndpointRouteBuilder scope, string about)
    {
        scope.MapRead("/count", CountAsync).Demands(Access.Read)
            .WithSummary($"Count the hits of {about}")
            .WithDescription("`hits` is every counted hit, `value` the exact sum of `tv`. The answer echoes the range that it used.")
            .Takes(From, To, Tz, Fresh)
            .Answers(200, "The sums.", Examples.Count, StatHubJson.Default.HitCount)
            .AnswersTenantProblems();
        scope.MapRead("/series", SeriesAsync).Demands(Access.Read)
            .WithSummary($"Count the hits of {about} per minute, hour, day, week or month")
            .WithDescription("Empty buckets are there with 0. The first and the last bucket hold only hits of the range. "
                + "At most 20,000 points. With `dimension` and `name` it counts the hits with one value of a dimension.")
            .Takes(From, To, Step, Tz, ValueSeries.DimensionArgument, ValueSeries.NameArgument, Fresh)
            .Answers(200, "The sums of each bucket.", Examples.Series, StatHubJson.Default.HitSeries)
            .AnswersTenantProblems();
    }

    private static async Task<Results<Ok<HitCount>, ProblemResult>> CountAsync(
        HttpContext http, IHitCounts counts, IJournal journal, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var range = RangeArguments.Read(arguments, time.GetUtcNow());
        var wait = arguments.Flag("fresh");
        if (arguments.Failed(out var problem))
            return problem;
        var (asOf, fresh) = await Freshness.OfAsync(journal, wait, http.RequestAborted);
        var (hits, bots, value, visitors) = counts.Count(scope, range.Range);
        return TypedResults.Ok(new HitCount(
            scope.Tenant.ToString(), scope.Key?.ToString(), range.From, range.To,
            hits, bots, ExactNumber.Parse(value.ToString()), visitors, asOf, fresh));
    }

    private static async Task<Results<Ok<HitSeries>, ProblemResult>> SeriesAsync(
        HttpContext http, IHitCounts counts, IDimensionCounts sums, IJournal journal, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var range = RangeArguments.Read(arguments, now);
        var value = ValueSeries.Read(arguments);
        if (value is not null)
            range = range with { Range = DayRange.Of(range.Range).Minutes };
        var wait = arguments.Flag("fresh");
        var question = arguments.IsRefused("to") ? null : SeriesQuestion.Read(arguments, range, now);
        if (arguments.Failed(out var problem))
            return problem;
        var (asOf, fresh) = await Freshness.OfAsync(journal, wait, http.RequestAborted);
        return TypedResults.Ok(value is null ? question!.Answer(scope, counts, asOf, fresh) : value.Answer(question!, scope, sums, asOf, fresh));
    }
}
