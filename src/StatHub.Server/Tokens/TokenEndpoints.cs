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
    private const int DefaultOverlapHours = 24;
    private const int MostOverlapHours = 720;

    private static readonly DateTimeOffset ExampleTime = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly TokenInfo Example = new(7, "website", ["read"], ExampleTime, ExampleTime.AddDays(90), ExampleTime.AddDays(3));
    private static readonly TokenInfo NewExample = Example with { LastUsedAt = null, Token = "sth_" + new string('x', 43) };

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        Map(routes.MapGroup("/api/v1/tenants/{tenant}/tokens").WithTags("Tokens").Demands(Access.TenantAdmin), "of a tenant");
        Map(routes.MapGroup("/api/v1/tokens").WithTags("Tokens").Demands(Access.ServiceAdmin), "for all tenants");
        routes.MapTokenImport();
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
            .WithDescription("Scopes: `read` (counts, series, keys, raw hits, ledger), `write` (events), `admin` (everything, tenants and tokens too). "
                + "With `expiresAt` or `expiresInDays` it ends by itself: from then on requests with it are answered 401, `/problems/expired-token`.")
            .TakesBody(new NewToken("website", ["read"], ExpiresInDays: 90), StatHubJson.Default.NewToken)
            .Answers(201, "The token. `token` is its secret; it is shown here and never again.", NewExample, StatHubJson.Default.TokenInfo)
            .AnswersTenantProblems();
        group.MapPost("/{id:long}/rotate", RotateAsync)
            .WithSummary($"Replace the secret of a token {whose}")
            .WithDescription("Makes another token with the same name and scopes, which is valid as long from now on as the old one was to be. "
                + "The old one ends after `overlapHours` (0 to 720, 24 without it), and not later than it would have.")
            .TakesBody(new TokenRotation(24), StatHubJson.Default.TokenRotation)
            .Answers(201, "The new token. `token` is its secret; it is shown here and never again.", NewExample with { Id = 8 }, StatHubJson.Default.TokenInfo)
            .AnswersTenantProblems()
            .AnswersProblems(Problems.UnknownToken);
        group.MapDelete("/{id:long}", RevokeAsync)
            .WithSummary($"Revoke a token {whose}")
            .AnswersText(204, "It is not valid any more.")
            .AnswersTenantProblems()
            .AnswersProblems(Problems.UnknownToken);
    }

    private static Results<Ok<IReadOnlyList<TokenInfo>>, ProblemResult> List(HttpContext http, ITokenStore tokens) =>
        new Arguments(http).Failed(out var problem)
            ? problem
            : TypedResults.Ok<IReadOnlyList<TokenInfo>>([.. tokens.List(TenantOf(http)).Select(token => ToInfo(token))]);

    private static async Task<Results<Created<TokenInfo>, ProblemResult>> CreateAsync(HttpContext http, ITokenStore tokens, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var body = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.NewToken);
        var wanted = body is null ? default : NewTokenArguments.Read(body, arguments, time.GetUtcNow());
        if (arguments.Failed(out var problem))
            return problem;
        var secret = TokenSecret.Create();
        return Created(http, tokens.Create(wanted.Name, TenantOf(http), wanted.Scopes, TokenSecret.Hash(secret), wanted.ExpiresAt), secret);
    }

    private static async Task<Results<Created<TokenInfo>, ProblemResult>> RotateAsync(HttpContext http, long id, ITokenStore tokens)
    {
        var arguments = new Arguments(http);
        var body = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.TokenRotation);
        var hours = body?.OverlapHours ?? DefaultOverlapHours;
        if (hours is < 0 or > MostOverlapHours)
            arguments.Refuse("overlapHours", "It is a number of hours from 0 to 720.");
        if (arguments.Failed(out var problem))
            return problem;
        var secret = TokenSecret.Create();
        return tokens.Rotate(TenantOf(http), id, TokenSecret.Hash(secret), TimeSpan.FromHours(hours)) is { } next
            ? Created(http, next, secret)
            : Problems.UnknownToken;
    }

    private static async Task<Results<NoContent, ProblemResult>> RevokeAsync(HttpContext http, long id, ITokenStore tokens, AdminToken admin)
    {
        if (new Arguments(http).Failed(out var problem))
            return problem;
        if (TenantOf(http) is null)
            await admin.ForgetAsync(id, http.RequestAborted);
        return tokens.Revoke(TenantOf(http), id) ? TypedResults.NoContent() : Problems.UnknownToken;
    }

    private static Created<TokenInfo> Created(HttpContext http, Token token, string secret)
    {
        http.Response.Headers.CacheControl = "no-store";
        var list = token.Tenant is { } tenant ? $"/api/v1/tenants/{tenant}/tokens" : "/api/v1/tokens";
        return TypedResults.Created($"{list}/{token.Id}", ToInfo(token) with { Token = secret });
    }

    private static TenantId? TenantOf(HttpContext http) =>
        http.Request.RouteValues["tenant"] is string name ? TenantId.Parse(name) : null;

    private static TokenInfo ToInfo(Token token) => new(token.Id, token.Name, ScopeNames.Of(token.Scopes), token.CreatedAt, token.ExpiresAt, token.UsedAt);
}
