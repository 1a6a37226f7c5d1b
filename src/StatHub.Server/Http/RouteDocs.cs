using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using StatHub.Contracts;
using StatHub.Contracts.Json;

namespace StatHub.Server.Http;

/// <summary>What a route answers with, for the API's document.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type of the body; null when there is none.</param>
/// <param name="Summary">What this answer says.</param>
/// <param name="Example">A body: JSON, or the text of another type.</param>
internal sealed record AnswerDoc(int Status, string? ContentType, string Summary, string? Example);

/// <summary>An example of a route's request body.</summary>
internal sealed record BodyDoc(string Example);

/// <summary>Says beside the route what it takes and what it answers.</summary>
internal static class RouteDocs
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps GET, and HEAD with the same headers and no body.</summary>
    public static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        routes.MapMethods(pattern, Reading, handler);

    public static TBuilder Takes<TBuilder>(this TBuilder builder, params QueryArgument[] arguments)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new QueryArguments(arguments));

    public static TBuilder TakesBody<TBuilder, T>(this TBuilder builder, T example, JsonTypeInfo<T> json, string contentType = "application/json")
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(
            new BodyDoc(JsonSerializer.Serialize(example, json)), new AcceptsMetadata([contentType], typeof(T)));

    public static TBuilder Answers<TBuilder, T>(this TBuilder builder, int status, string summary, T example, JsonTypeInfo<T> json)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(
            new AnswerDoc(status, "application/json", summary, JsonSerializer.Serialize(example, json)),
            new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]));

    public static TBuilder AnswersText<TBuilder>(
        this TBuilder builder, int status, string summary, string? contentType = null, string? example = null)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AnswerDoc(status, contentType, summary, example));

    public static TBuilder AnswersProblems<TBuilder>(this TBuilder builder, params ProblemResult[] problems)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(
        [
            .. problems.Select(problem => new AnswerDoc(
                problem.Problem.Status,
                ProblemResult.ContentType,
                problem.Problem.Title,
                JsonSerializer.Serialize(problem.Problem, StatHubJson.Default.Problem))),
            .. problems.Select(problem => new ProducesResponseTypeMetadata(
                problem.Problem.Status, typeof(Problem), [ProblemResult.ContentType])),
        ]);

    /// <summary>What every route answers that demands a token for a tenant's data.</summary>
    public static TBuilder AnswersTenantProblems<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AnswersProblems(
            Problems.BadArgument("key", "…"), Problems.NoToken, Problems.MissingScope, Problems.UnknownTenant, Problems.TooManyRequests);
}
