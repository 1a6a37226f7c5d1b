using StatHub.Contracts.Json;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Dimensions.Sums;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Time;
using StatHub.Server.Http;
using static StatHub.Server.Http.QueryArgumentList;

namespace StatHub.Server.Hits;

/// <summary>Sums by several dimensions at once, from raw hits, streamed.</summary>
internal static class SumEndpoints
{
    private static readonly QueryArgument By = new(
        "by", $"1 to {SumQuestion.MostDimensions} dimensions with commas between them, such as `browser,country`.", "browser,country");

    private static readonly QueryArgument Step = new("step", "Sums of each UTC day or month. Default: day.", "day", Values: ["day", "month"]);

    public static void MapSums(this IEndpointRouteBuilder scope, string about) =>
        scope.MapRead("/sums", StreamAsync).Demands(Access.Read)
            .WithSummary($"Sum the hits of {about} by several dimensions at once")
            .WithDescription("A row for each combination of values that there is in a day or month, from raw hits: it takes as long as reading them does. "
                + $"The range is widened to whole UTC days or months. Dimensions: {string.Join(", ", DimensionNames.All)} and `d.<name>` for your own. "
                + $"A step with more than {SumTable.MostCombinations:N0} combinations (or {SumTable.MostBytes / 1024 / 1024} MiB of values) has the hits of those that came later in one row with `other`, "
                + "whose values are `(other)`, and `limited` is true. All rows are exact, and add up to all hits. "
                + "NDJSON, CSV and TSV have the rows alone; texts that a spreadsheet would take for a formula begin with an apostrophe. Compressed when gzip is accepted.")
            .Takes(By, From, To, Step, Tz, FormatChoice.Argument, Fresh)
            .Answers(200, "The sums.", Examples.Sums, StatHubJson.Default.SumsByDimension)
            .AnswersText(200, "The sums.", "application/x-ndjson", Examples.SumLine + "\n")
            .AnswersText(200, "The sums.", "text/csv", Examples.SumCsv)
            .AnswersText(200, "The sums.", "text/tab-separated-values", Examples.SumTsv)
            .AnswersTenantProblems()
            .AnswersProblems(Problems.NotAcceptable);

    private static async Task<IResult> StreamAsync(HttpContext http, IRawHits hits, HostSet spam, BotList bots, IJournal journal, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var by = ReadDimensions(arguments, scope);
        var step = ReadStep(arguments);
        var range = RangeArguments.Read(arguments, time.GetUtcNow());
        var format = FormatChoice.Read(arguments, http.Request);
        var wait = arguments.Flag("fresh");
        if (arguments.Failed(out var problem))
            return problem;
        if (format is null)
            return Problems.NotAcceptable;
        var fresh = await Freshness.OfAsync(journal, wait, http.RequestAborted);
        fresh.WriteTo(http.Response.Headers);

        var question = new SumQuestion(by, step, range.Range);
        using var reader = hits.Open(scope, question.Range, null);
        var sums = new HitSums(question, spam, bots).Read(reader, http.RequestAborted);
        await StreamedAnswer.WriteAsync(
            http, format, output => SumFormat.Named(format, question, fresh.AsOf, fresh.IsFresh).WriteAllAsync(sums, output, http.RequestAborted));
        return Results.Empty;
    }

    private static List<DimensionName> ReadDimensions(Arguments arguments, HitScope scope)
    {
        var names = (arguments.Text("by") ?? "").Split(',');
        var by = new List<DimensionName>();
        foreach (var text in names)
        {
            if (!DimensionName.TryParse(text, out var name))
                arguments.Refuse("by", $"'{text}' is none of {string.Join(", ", DimensionNames.All)}, nor d.<name> with 1 to 32 of a-z, 0-9, '_' and '-'.");
            else if (name.Dimension == Dimension.Key && scope.Key is not null)
                arguments.Refuse("by", "A key has no keys: ask for those of the tenant.");
            else if (by.Contains(name))
                arguments.Refuse("by", $"'{name}' is given twice.");
            else
                by.Add(name);
        }
        if (names.Length > SumQuestion.MostDimensions)
            arguments.Refuse("by", $"There are at most {SumQuestion.MostDimensions} dimensions.");
        return by;
    }

    private static SeriesStep ReadStep(Arguments arguments)
    {
        var text = arguments.Text("step");
        if (text is not (null or "day" or "month"))
            arguments.Refuse("step", "It is 'day' or 'month'.");
        return text == "month" ? SeriesStep.Month : SeriesStep.Day;
    }
}
