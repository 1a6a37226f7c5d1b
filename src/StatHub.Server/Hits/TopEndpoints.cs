using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Hits;
using StatHub.Contracts.Json;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Sketches;
using StatHub.Core.Time;
using StatHub.Server.Http;
using static StatHub.Server.Http.QueryArgumentList;

namespace StatHub.Server.Hits;

/// <summary>The most frequent values of a dimension.</summary>
internal static class TopEndpoints
{
    private const int DefaultLimit = 10;
    private const int MostValues = 1000;

    private static readonly string[] Sorts = ["hits", "bots", "value"];
    private static readonly QueryArgument Limit = new("limit", "At most so many values, 1 to 1000. Default: 10.", "10", "integer");
    private static readonly QueryArgument Sort = new("sort", "What the values are ordered by, the largest first. Default: hits.", "hits", Values: Sorts);

    public static void MapTop(this IEndpointRouteBuilder scope, string about) =>
        scope.MapRead("/top/{dimension}", TopAsync).Demands(Access.Read)
            .WithSummary($"List the most frequent values of a dimension of {about}")
            .WithDescription("Dimensions have whole UTC days: the range is widened to them, and the answer says which it used. "
                + $"Dimensions: {string.Join(", ", DimensionNames.All)} and `d.<name>` for your own. "
                + "`other` has the sums of all values that are not listed; `error` says by how many hits a value may be told too few.")
            .Takes(From, To, Tz, Limit, Sort, Fresh)
            .Answers(200, "The values.", Examples.Top, StatHubJson.Default.TopValues)
            .AnswersTenantProblems();

    private static async Task<Results<Ok<TopValues>, ProblemResult>> TopAsync(
        HttpContext http, IDimensionCounts sums, IJournal journal, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var dimension = ReadDimension(http, scope, arguments);
        var range = RangeArguments.Read(arguments, time.GetUtcNow());
        var limit = arguments.Number("limit", 1, MostValues) ?? DefaultLimit;
        var sort = arguments.Text("sort") ?? Sorts[0];
        if (!Sorts.Contains(sort))
            arguments.Refuse("sort", $"It is one of {string.Join(", ", Sorts)}.");
        var wait = arguments.Flag("fresh");
        if (arguments.Failed(out var problem))
            return problem;
        var (asOf, fresh) = await Freshness.OfAsync(journal, wait, http.RequestAborted);
        var days = DayRange.Of(range.Range);
        var top = sums.Top(scope, dimension, days);
        return TypedResults.Ok(Answer(dimension, range with { Range = days.Minutes }, asOf, top, Sorted(top, sort), limit, fresh));
    }

    private static DimensionName ReadDimension(HttpContext http, HitScope scope, Arguments arguments)
    {
        var dimension = ValueSeries.ReadDimension(arguments, (string)http.Request.RouteValues["dimension"]!);
        if (dimension.Dimension == Dimension.Key && scope.Key is not null)
            arguments.Refuse("dimension", "A key has no keys: ask for those of the tenant.");
        return dimension;
    }

    private static IEnumerable<HeavyHitter> Sorted(HeavyHitters top, string sort)
    {
        // By hits, then by name: what is equal stays so.
        var values = top.ByHits();
        return sort switch
        {
            "bots" => values.OrderByDescending(value => value.Sums.Bots),
            "value" => values.OrderByDescending(value => value.Sums.Value.Millionths),
            _ => values,
        };
    }

    private static TopValues Answer(
        DimensionName dimension, RangeArguments used, DateTimeOffset asOf, HeavyHitters top, IEnumerable<HeavyHitter> sorted, int limit, bool? fresh)
    {
        var values = new List<TopValue>();
        var other = top.Other;
        foreach (var value in sorted)
        {
            if (values.Count < limit)
                values.Add(new TopValue(Encoding.UTF8.GetString(value.Name.Span), value.Sums.Hits, value.Sums.Bots, Number(value.Sums.Value)));
            else
                other += value.Sums;
        }
        return new TopValues(
            dimension.ToString(), used.From, used.To, asOf,
            values, new ValueSums(other.Hits, other.Bots, Number(other.Value)), top.Error, fresh);
    }

    private static ExactNumber Number(ValueSum value) => ExactNumber.Parse(value.ToString());
}
