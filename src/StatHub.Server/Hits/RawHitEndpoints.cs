using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Options;
using StatHub.Contracts.Json;
using StatHub.Core.Hits;
using StatHub.Core.Hits.Formats;
using StatHub.Core.Journal;
using StatHub.Server.Http;
using static StatHub.Server.Http.QueryArgumentList;

namespace StatHub.Server.Hits;

/// <summary>The raw hits of a range, streamed.</summary>
internal static class RawHitEndpoints
{
    private const int MostHits = 1_000_000;

    private static readonly QueryArgument Limit = new(
        "limit",
        "At most so many hits, 1 to 1000000; a page also ends behind 16 MiB. The header `Link` leads to the next page.",
        "1000",
        "integer");

    private static readonly QueryArgument Cursor = new("cursor", "From the `Link` of the page before.", "AgAAAZysLGJ7AAAAAAAAAAFob21l");

    public static void MapRawHits(this IEndpointRouteBuilder scope, string about) =>
        scope.MapRead("/hits", StreamAsync).Demands(Access.Read)
            .WithSummary($"Stream the raw hits of {about}")
            .WithDescription("In the order of their instants. A JSON array, NDJSON, or CSV and TSV with fixed columns: "
                + string.Join(", ", HitTable.Columns) + ". Texts that a spreadsheet would take for a formula begin with an apostrophe. "
                + "Compressed when gzip is accepted. The headers `StatHub-AsOf` and, when asked, `StatHub-Fresh` say how complete it is.")
            .Takes(From, To, Tz, FormatChoice.Argument, Limit, Cursor, Fresh)
            .AnswersText(200, "The hits.", "application/json", Examples.RawHits)
            .AnswersText(200, "The hits.", "application/x-ndjson", Examples.RawHit + "\n")
            .AnswersText(200, "The hits.", "text/csv", Examples.RawCsv)
            .AnswersText(200, "The hits.", "text/tab-separated-values", Examples.RawTsv)
            .AnswersTenantProblems()
            .AnswersProblems(Problems.NotAcceptable);

    private static async Task<IResult> StreamAsync(
        HttpContext http, IRawHits hits, IJournal journal, TimeProvider time, IOptions<StatHubOptions> options)
    {
        var arguments = new Arguments(http);
        var scope = ScopeArguments.Read(http, arguments);
        var range = RangeArguments.Read(arguments, time.GetUtcNow());
        var limit = arguments.Number("limit", 1, MostHits);
        var cursor = ReadCursor(arguments);
        var format = FormatChoice.Read(arguments, http.Request);
        var wait = arguments.Flag("fresh");
        if (arguments.Failed(out var problem))
            return problem;
        if (format is null)
            return Problems.NotAcceptable;
        (await Freshness.OfAsync(journal, wait, http.RequestAborted)).WriteTo(http.Response.Headers);

        using var reader = hits.Open(scope, range.Range, cursor);
        var page = limit is null ? null : HitPage.Take(reader, limit.Value);
        if (page?.Next is { } next)
            http.Response.Headers.Link = NextLink(http, options.Value, scope, range, next);
        await WriteAsync(http, page ?? reader, format);
        return Results.Empty;
    }

    private static Task WriteAsync(HttpContext http, IRawHitReader hits, string format) => StreamedAnswer.WriteAsync(
        http,
        format,
        output => HitFormat.Named(format).WriteAllAsync(hits, output, http.RequestAborted),
        format == "ndjson" && hits is IDeflatedHitReader stored ? output => new JoinedGzip(output).WriteAllAsync(stored, http.RequestAborted) : null);

    private static RawHitPosition? ReadCursor(Arguments arguments)
    {
        var text = arguments.Text("cursor");
        if (text is null)
            return null;
        if (RawHitCursor.TryRead(text, out var position))
            return position;
        arguments.Refuse("cursor", "It is not a cursor that this address gave.");
        return null;
    }

    // The range is written out: its default would be another one tomorrow.
    private static string NextLink(
        HttpContext http, StatHubOptions options, HitScope scope, RangeArguments range, RawHitPosition next)
    {
        var query = new QueryBuilder { { "from", InstantConverter.ToText(range.From) } };
        if (range.To is { } to)
            query.Add("to", InstantConverter.ToText(to));
        foreach (var name in (string[])["format", "limit"])
        {
            if (http.Request.Query.TryGetValue(name, out var value))
                query.Add(name, value.ToString());
        }
        query.Add("cursor", RawHitCursor.Write(next));
        var key = scope.Key is { } named ? $"/keys/{Uri.EscapeDataString(named.ToString())}" : "";
        return $"<{options.PublicPath}/api/v1/tenants/{scope.Tenant}{key}/hits{query.ToQueryString()}>; rel=\"next\"";
    }
}
