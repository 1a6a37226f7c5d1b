using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Hits;
using StatHub.Contracts.Json;
using StatHub.Core.Hits;
using StatHub.Server.Http;

namespace StatHub.Server.Hits;

/// <summary>The keys of a tenant.</summary>
internal static class KeyEndpoints
{
    private const int DefaultLimit = 1000;
    private const int MostKeys = 10_000;

    private static readonly QueryArgument Prefix = new("prefix", "Only keys that begin so.", "ho");
    private static readonly QueryArgument Limit = new("limit", "At most so many keys, 1 to 10000. Default: 1000.", "100", "integer");
    private static readonly QueryArgument Cursor = new("cursor", "`next` of the page before.", "aG9tZQ");

    public static void MapKeys(this IEndpointRouteBuilder tenant) =>
        tenant.MapRead("/keys", List).Demands(Access.Read)
            .WithSummary("List the keys of a tenant")
            .WithDescription("In the order of their bytes, with all their hits and the instants of the first and the last one.")
            .Takes(Prefix, Limit, Cursor)
            .Answers(200, "A page of keys.", Examples.Keys, StatHubJson.Default.KeyPage)
            .AnswersTenantProblems();

    private static Results<Ok<KeyPage>, ProblemResult> List(HttpContext http, IHitCounts counts)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        var prefix = arguments.Text("prefix") ?? "";
        var limit = arguments.Number("limit", 1, MostKeys) ?? DefaultLimit;
        var after = ReadCursor(arguments);
        if (arguments.Failed(out var problem))
            return problem;
        // One more than asked tells whether there is another page.
        var keys = counts.Keys(tenant, prefix, after, limit + 1);
        var page = keys.Take(limit).Select(key => new KeyInfo(key.Key.ToString(), key.Hits, key.First, key.Last)).ToList();
        return TypedResults.Ok(new KeyPage(page, keys.Count > limit ? WriteCursor(page[^1].Key) : null));
    }

    private static string WriteCursor(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    private static HitKey? ReadCursor(Arguments arguments)
    {
        var text = arguments.Text("cursor");
        if (text is null)
            return null;
        if (Base64Url.IsValid(text) && HitKey.TryParse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)), out var key))
            return key;
        arguments.Refuse("cursor", "It is not a cursor that this address gave.");
        return null;
    }
}
