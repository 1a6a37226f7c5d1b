using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Tokens;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>The tokens of a tenant, and those for all tenants.</summary>
internal static class TokenEndpoints
{
    private static readonly DateTimeOffset ExampleTime = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly TokenInfo Example = new(7, "website", ["read"], ExampleTime);
    private static readonly TokenInfo NewExample = Example with { Token = "sth_" + new string('x', 43) };

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        Map(routes.MapGroup("/api/v1/tenants/{tenant}/tokens").WithTags("Tokens").Demands(Access.TenantAdmin), "of a tenant");
        Map(routes.MapGroup("/api/v1/tokens").WithTags("Tokens").Demands(Access.ServiceAdmin), "for all tenants");
    }

    private static void Map(RouteGroupBuilder group, string whose)
    {
        group.MapRead("", List)
            .WithSummary($"List the tokens {whose}")
            .WithDescription("Oldest first, without their secrets.")
            .Answers(200, "The tokens.", [Example], StatHubJson.Default.IReadOnlyListTokenInfo)
            .AnswersTenantProblems();
        group.MapPost("", CreateAsync)
            .WithSummary($"Make a token {whose}")
            .WithDescription("Scopes: `read` (counts, series, keys, raw hits, ledger), `write` (events), `admin` (everything, tenants and tokens too).")
            .TakesBody(new NewToken("website", ["read"]), StatHubJson.Default.NewToken)
            .Answers(201, "The token. `token` is its secret; it is shown here and never again.", NewExample, StatHubJson.Default.TokenInfo)
            .AnswersTenantProblems();
        group.MapDelete("/{id:long}", Revoke)
            .WithSummary($"Revoke a token {whose}")
            .AnswersText(204, "It is not valid any more.")
            .AnswersTenantProblems()
            .AnswersProblems(Problems.UnknownToken);
    }

    private static Results<Ok<IReadOnlyList<TokenInfo>>, ProblemResult> List(HttpContext http, ITokenStore tokens) =>
        new Arguments(http).Failed(out var problem)
            ? problem
            : TypedResults.Ok<IReadOnlyList<TokenInfo>>([.. tokens.List(TenantOf(http)).Select(token => ToInfo(token))]);

    private static async Task<Results<Created<TokenInfo>, ProblemResult>> CreateAsync(HttpContext http, ITokenStore tokens)
    {
        var arguments = new Arguments(http);
        var body = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.NewToken);
        var scopes = body is null ? TokenScopes.None : ReadScopes(body.Scopes, arguments);
        if (body is not null && body.Name is not { Length: > 0 and <= 100 })
            arguments.Refuse("name", "A name has 1 to 100 characters.");
        if (arguments.Failed(out var problem))
            return problem;
        var secret = TokenSecret.Create();
        var token = tokens.Create(body!.Name!, TenantOf(http), scopes, TokenSecret.Hash(secret));
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"{http.Request.Path}/{token.Id}", ToInfo(token) with { Token = secret });
    }

    private static Results<NoContent, ProblemResult> Revoke(HttpContext http, long id, ITokenStore tokens) =>
        new Arguments(http).Failed(out var problem) ? problem
            : tokens.Revoke(TenantOf(http), id) ? TypedResults.NoContent() : Problems.UnknownToken;

    private static TokenScopes ReadScopes(IReadOnlyList<string>? names, Arguments arguments)
    {
        var scopes = TokenScopes.None;
        foreach (var name in names ?? [])
        {
            if (ScopeNames.TryParse(name, out var scope))
                scopes |= scope;
            else
                arguments.Refuse("scopes", "A scope is one of read, write, admin.");
        }
        if (scopes == TokenScopes.None && !arguments.IsRefused("scopes"))
            arguments.Refuse("scopes", "At least one of read, write, admin is needed.");
        return scopes;
    }

    private static TenantId? TenantOf(HttpContext http) =>
        http.Request.RouteValues["tenant"] is string name ? TenantId.Parse(name) : null;

    private static TokenInfo ToInfo(Token token) => new(token.Id, token.Name, ScopeNames.Of(token.Scopes), token.CreatedAt);
}
