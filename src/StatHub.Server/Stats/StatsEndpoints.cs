using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Stats;
using StatHub.Core.Stats;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Stats;

/// <summary>What applications report, what is reported of it, and what is removed.</summary>
internal static class StatsEndpoints
{
    private const string JsonType = "application/json; charset=utf-8";

    private static readonly UpdateAnswer Succeeded = new(true, "");
    private static readonly StatsBody Applied = new(JsonSerializer.SerializeToUtf8Bytes(Succeeded, StatHubJson.Default.UpdateAnswer));
    private static readonly UpdateAnswer Refused = new(false, "counters.requests is a whole number of 64 bits.");

    private static readonly ReportedUpdate Update = new(
        new Dictionary<string, string> { ["country"] = "es" }, new Dictionary<string, long> { ["requests"] = 50 }, Gauges: new Dictionary<string, long> { ["online"] = 1 },
        Members: new Dictionary<string, string> { ["users"] = "alice" });

    private static readonly StatsAnswer Answer = AnswerCache.Answer(StatReport.Of(
        [
            new StatRow(new StatDim("country", "es"), StatKind.Counter, "requests", new StatAmount(50)),
            new StatRow(new StatDim("country", "es"), StatKind.Gauge, "online", new StatAmount(1, 1_788_004_800)),
            new StatRow(new StatDim("country", "es"), StatKind.Member, "users", new StatAmount(1)),
        ],
        new GaugeBucket(1_788_004_800, 360)));

    public static void MapStats(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/stats").WithTags("Stats");
        group.MapPost("/{name}", ApplyAsync).Demands(StatsTenant.Demand(TokenScopes.Write)).WithMetadata(FrequentRoute.Mark)
            .WithSummary("Report the stats of an id")
            .WithDescription("Applied whole or not at all, and on disk before the answer. Dims get what the id's counters and gauges changed by. See docs/stats.md.")
            .Takes(StatsTenant.Argument).TakesBody(Update, StatHubJson.Default.ReportedUpdate, "*/*")
            .Answers(200, "It is applied.", Succeeded, StatHubJson.Default.UpdateAnswer)
            .AnswersFailures().Answers(413, "The body is too long.", Refused with { Error = "The body has over 1048576 bytes." }, StatHubJson.Default.UpdateAnswer);
        group.MapRead("/{name}", ReadDim).Demands(StatsTenant.Demand(TokenScopes.Read))
            .WithSummary("Read the stats of a dim")
            .WithDescription("By value, and their `total`. A dim that nobody reported has an empty total only.")
            .Takes(StatsTenant.Argument).Answers(200, "The stats.", Answer, StatHubJson.Default.StatsAnswer).AnswersFailures();
        group.MapRead("", ReadAll).Demands(StatsTenant.Demand(TokenScopes.Read))
            .WithSummary("Read the stats of all dims")
            .Takes(StatsTenant.Argument).Answers(200, "The stats.", Answer, StatHubJson.Default.StatsAnswer).AnswersFailures();
        group.MapDelete("", DeleteAsync).Demands(StatsTenant.Demand(TokenScopes.Admin, isOptional: false))
            .WithSummary("Remove stats by a part of their name")
            .WithDescription("From ids and dims. What is archived stays.")
            .Takes(new QueryArgument("containing", "The text that the names of the stats contain.", "requests"), StatsTenant.Argument)
            .Answers(200, "They are removed.", new DeletedStats(true, "", 1), StatHubJson.Default.DeletedStats).AnswersFailures();
        group.MapStream();
    }

    /// <summary>What every route of stats answers that cannot do what is asked.</summary>
    public static TBuilder AnswersFailures<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder
        .Answers(400, "Something is wrong with the request.", Refused, StatHubJson.Default.UpdateAnswer)
        .Answers(401, "A token is needed.", Refused with { Error = Problems.NoToken.Problem.Title }, StatHubJson.Default.UpdateAnswer)
        .Answers(403, "The token may not do this.", Refused with { Error = Problems.MissingScope.Problem.Title }, StatHubJson.Default.UpdateAnswer)
        .Answers(404, "There is no such tenant.", Refused with { Error = "There is no such tenant." }, StatHubJson.Default.UpdateAnswer)
        .Answers(503, "It cannot be written at the moment.", Refused with { Error = "Too many updates wait. Try again later." }, StatHubJson.Default.UpdateAnswer);

    private static async Task<Results<StatsBody, StatsFailure>> ApplyAsync(HttpContext http, StatsTenant tenants, IStatsStore stats)
    {
        if (!tenants.TryFind(http, out var tenant, out var failure))
            return failure;
        var builder = new StatUpdateBuilder();
        if (!await TryReadAsync(http, builder))
            return StatsFailure.TooLong;
        if (!builder.TryBuild(RawPath.Part(http, "name"), out var update))
            return StatsFailure.Bad(builder.Error!);
        try
        {
            return await stats.ApplyAsync(tenant, update) is { } refusal ? StatsFailure.Bad(refusal.Reason) : Applied;
        }
        catch (StatsUnavailableException exception)
        {
            return StatsFailure.Unavailable(exception);
        }
    }

    /// <summary>Reads the body, of any type; false when it is too long.</summary>
    private static async Task<bool> TryReadAsync(HttpContext http, StatUpdateBuilder builder)
    {
        if (http.Request.ContentLength > StatLimits.BodyBytes)
            return false;
        var body = http.Request.BodyReader;
        while (true)
        {
            var part = await body.ReadAsync(http.RequestAborted);
            var isTooLong = part.Buffer.Length > StatLimits.BodyBytes;
            if (part.IsCompleted && !isTooLong)
                UpdateReader.Read(part.Buffer, builder);
            // An update is parsed when it is whole.
            body.AdvanceTo(part.IsCompleted || isTooLong ? part.Buffer.End : part.Buffer.Start, part.Buffer.End);
            if (part.IsCompleted || isTooLong)
                return !isTooLong;
        }
    }

    private static Results<StatsBody, StatsFailure> ReadDim(HttpContext http, StatsTenant tenants, AnswerCache answers) =>
        tenants.TryFind(http, out var tenant, out var failure) ? new StatsBody(answers.Body(tenant, StatUpdateBuilder.Lower(RawPath.Part(http, "name")))) : failure;

    private static Results<StatsBody, StatsFailure> ReadAll(HttpContext http, StatsTenant tenants, AnswerCache answers) =>
        tenants.TryFind(http, out var tenant, out var failure) ? new StatsBody(answers.Body(tenant, dim: null)) : failure;

    private static async Task<Results<Ok<DeletedStats>, StatsFailure>> DeleteAsync(HttpContext http, StatsTenant tenants, IStatsStore stats)
    {
        if (!tenants.TryFind(http, out var tenant, out var failure))
            return failure;
        string? containing = http.Request.Query["containing"];
        if (string.IsNullOrEmpty(containing))
            return StatsFailure.Bad("containing is needed: a part of the names of the stats that are to go.");
        try
        {
            return TypedResults.Ok(new DeletedStats(true, "", await stats.DeleteAsync(tenant, containing)));
        }
        catch (StatsUnavailableException exception)
        {
            return StatsFailure.Unavailable(exception);
        }
    }

    /// <summary>An answer that is written already.</summary>
    private sealed class StatsBody(byte[] body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = JsonType;
            httpContext.Response.ContentLength = body.Length;
            return HttpMethods.IsHead(httpContext.Request.Method) ? Task.CompletedTask : httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
        }
    }
}
