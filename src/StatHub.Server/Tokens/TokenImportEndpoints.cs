using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Tokens;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>Takes over the tokens of the service before.</summary>
internal static class TokenImportEndpoints
{
    private static readonly QueryArgument Scopes = new("scopes", "What they may do here: read, write, admin, with commas between. Default: read,write.", "write");

    private static readonly IReadOnlyList<AccessUser> Example =
        [new(Username: "website", Name: "Website", Tokens: [new AccessToken("eyJl…==", "secret")])];

    public static void MapTokenImport(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/tenants/{tenant}/tokens/import", ImportAsync).WithTags("Tokens").Demands(Access.TenantAdmin)
            .WithSummary("Take over the tokens of an access.json of stats-service")
            .WithDescription("A token is taken over when its signature is that of its `access_secret` and its `identity` is the user's `username` or `id`. "
                + "From then on it is valid here as it is; only a hash of it is kept. What became of each is told without secrets; tokens that are here already stay as they are.")
            .Takes(Scopes)
            .TakesBody(Example, StatHubJson.Default.IReadOnlyListAccessUser)
            .Answers(
                200, "What became of each token.",
                new TokenImportReport(1, 0, 1, [new("website", 1, "imported", 9), new("website", 2, "refused", Why: "Its signature is not that of its access_secret.")]),
                StatHubJson.Default.TokenImportReport)
            .AnswersTenantProblems();

    private static async Task<Results<Ok<TokenImportReport>, ProblemResult>> ImportAsync(HttpContext http, string tenant, ITokenStore tokens)
    {
        var arguments = new Arguments(http);
        var scopes = NewTokenArguments.ReadScopes(arguments.Text("scopes")?.Split(',') ?? ["read", "write"], arguments);
        var users = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.IReadOnlyListAccessUser);
        if (arguments.Failed(out var problem))
            return problem;
        return TypedResults.Ok(new TokenImport(tokens, TenantId.Parse(tenant), scopes).Run(users!));
    }
}
