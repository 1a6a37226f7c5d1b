using System.Text.Json.Serialization.Metadata;
using StatHub.Contracts;

namespace StatHub.Server.Http;

/// <summary>What a route answers with, for the API's document.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type of the body; null when there is none.</param>
/// <param name="Summary">What this answer says.</param>
/// <param name="Example">A body: JSON, or the text of another type.</param>
/// <param name="Type">The record that the body holds.</param>
internal sealed record AnswerDoc(int Status, string? ContentType, string Summary, string? Example, Type? Type);

/// <summary>An example of a route's request body.</summary>
internal sealed record BodyDoc(string Example, Type Type);

/// <summary>Says beside the route what it takes and what it answers.</summary>
internal static class RouteDocs
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps GET, and HEAD with the same headers and no body.</summary>
    public static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        routes.MapMethods(pattern, Reading, handler);

    public static TBuilder Takes<TBuilder>(this TBuilder builder, params QueryArgument[] arguments)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new QueryArguments(arguments));

    public static TBuilder TakesBody<TBuilder, T>(this TBuilder builder, T example, JsonTypeInfo<T> json)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyDoc(System.Text.Json.JsonSerializer.Serialize(example, json), typeof(T)));

    public static TBuilder Answers<TBuilder, T>(this TBuilder builder, int status, string summary, T example, JsonTypeInfo<T> json)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AnswerDoc(
            status, "application/json", summary, System.Text.Json.JsonSerializer.Serialize(example, json), typeof(T)));

    public static TBuilder AnswersText<TBuilder>(
        this TBuilder builder, int status, string summary, string? contentType = null, string? example = null)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AnswerDoc(status, contentType, summary, example, null));

    public static TBuilder AnswersProblems<TBuilder>(this TBuilder builder, params ProblemResult[] problems)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata([.. problems.Select(problem => (object)new AnswerDoc(
            problem.Problem.Status,
            ProblemResult.ContentType,
            problem.Problem.Title,
            System.Text.Json.JsonSerializer.Serialize(problem.Problem, Contracts.Json.StatHubJson.Default.Problem),
            typeof(Problem)))]);

    /// <summary>What every route answers that demands a token for a tenant's data.</summary>
    public static TBuilder AnswersTenantProblems<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AnswersProblems(
            Problems.BadArgument("key", "…"), Problems.NoToken, Problems.MissingScope, Problems.UnknownTenant);
}
