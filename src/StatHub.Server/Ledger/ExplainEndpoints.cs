using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Ledger;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Server.Http;

namespace StatHub.Server.Ledger;

/// <summary>Explains one line of the journal.</summary>
internal static class ExplainEndpoints
{
    private static readonly ExplainedLine Example = new(
        "counted", "It is a hit.", "demo", "home", new(2026, 3, 1, 12, 0, 30, TimeSpan.Zero), ExactNumber.Parse("2.5"), null,
        new Dictionary<string, string> { ["browser"] = "Firefox", ["os"] = "Linux", ["device"] = "desktop", ["status"] = "200" }, 1);

    public static void MapExplain(this IEndpointRouteBuilder group) => group.MapPost("/explain", ExplainAsync).Demands(Access.ServiceAdmin)
        .WithSummary("Explain what becomes of one journal line, and why")
        .WithDescription("The body is the line as nginx wrote it. Nothing is counted by asking. `rawHits` says whether the line was counted before.")
        .WithMetadata(new BodyDoc("{\"tenant\":\"demo\",\"key\":\"home\",\"msec\":1772366430.123}"))
        .Answers(200, "What becomes of it.", Example, StatHubJson.Default.ExplainedLine)
        .AnswersProblems(
            Problems.BadArgument("body", "It is one line of the journal."), Problems.NoToken, Problems.MissingScope);

    private static async Task<Results<Ok<ExplainedLine>, ProblemResult>> ExplainAsync(
        HttpContext http, ITenantStore tenants, IRawHits raw, CountrySource countries, HostSet spam, BotList bots, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var line = await ReadAsync(http, arguments);
        if (arguments.Failed(out var problem))
            return problem;
        var told = new LineExplainer(tenants, raw, new DimensionReader(countries, spam, bots)).Explain(line.Span, time.GetUtcNow());
        return TypedResults.Ok(new ExplainedLine(
            told.Outcome.Name(),
            told.IsGlued ? told.Outcome.Meaning() + " Another line begins within it: each piece has an outcome of its own." : told.Outcome.Meaning(),
            told.Tenant?.ToString(), told.Key?.ToString(), told.Instant, told.Value is { } value ? ExactNumber.Parse(value.ToString()) : null, told.Bot,
            new SortedDictionary<string, string>(told.Dimensions.ToDictionary(one => one.Key, one => one.Value), StringComparer.Ordinal), told.Found));
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext http, Arguments arguments)
    {
        // A line that is too long is to be told so, and not more of it is read.
        var buffer = new byte[HitParser.MaxLineBytes + 2];
        var length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, http.RequestAborted);
        var line = buffer.AsMemory(0, length);
        if (!line.IsEmpty && line.Span[^1] == '\n')
            line = line[..^1];
        if (line.IsEmpty || line.Span.Contains((byte)'\n'))
            arguments.Refuse("body", "It is one line of the journal.");
        return line;
    }
}
