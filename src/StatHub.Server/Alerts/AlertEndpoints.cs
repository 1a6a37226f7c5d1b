using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using StatHub.Contracts.Alerts;
using StatHub.Contracts.Json;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;
using StatHub.Storage.Alerts;

namespace StatHub.Server.Alerts;

/// <summary>What a tenant wants to be told of, how it stands, and what happened.</summary>
internal static class AlertEndpoints
{
    private const int DefaultLimit = 100;
    private const int MostTransitions = 1000;

    private static readonly QueryArgument Limit = new("limit", "At most so many changes, 1 to 1000. Default: 100.", "20", "integer");
    private static readonly QueryArgument Cursor = new("cursor", "`next` of the page before.", "4711");

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/tenants/{tenant}/alerts").WithTags("Alerts");
        group.MapRead("", Read).Demands(Access.Read)
            .WithSummary("Read a tenant's rules and how it stands with them")
            .WithDescription("Secrets of receivers are shown to nobody, paths of their addresses only to a token that may change them. See docs/alerts.md.")
            .Answers(200, "The rules.", AlertExamples.Alerts, StatHubJson.Default.AlertsInfo)
            .AnswersTenantProblems();
        group.MapPut("", WriteAsync).Demands(Access.TenantAdmin)
            .WithSummary("Replace a tenant's rules and receivers")
            .WithDescription("All of them. A rule that keeps its name and metric keeps its state; alerts of others are over. A receiver without a `secret` keeps the one that its name has.")
            .TakesBody(AlertExamples.NewAlerts, StatHubJson.Default.NewAlerts)
            .Answers(200, "The rules.", AlertExamples.Alerts, StatHubJson.Default.AlertsInfo)
            .AnswersTenantProblems();
        group.MapRead("/history", ReadHistory).Demands(Access.Read)
            .WithSummary("Read what happened to a tenant's rules")
            .WithDescription("Every change of state, the latest first.")
            .Takes(Limit, Cursor)
            .Answers(200, "A page of changes.", AlertExamples.History, StatHubJson.Default.AlertHistoryPage)
            .AnswersTenantProblems();
    }

    private static Results<Ok<AlertsInfo>, ProblemResult> Read(HttpContext http, SqliteAlerts alerts, AlertBoard board)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        return arguments.Failed(out var problem) ? problem : TypedResults.Ok(Info(http, tenant, alerts, board));
    }

    private static async Task<Results<Ok<AlertsInfo>, ProblemResult>> WriteAsync(
        HttpContext http, SqliteAlerts alerts, AlertBoard board, WebhookText text, WebhookBell bell, IOptions<AlertOptions> options, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        var body = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.NewAlerts) ?? new NewAlerts([]);
        var (rules, receivers) = (AlertArguments.Rules(body, arguments), AlertArguments.Receivers(body, options.Value.AllowPrivateReceivers, arguments));
        if (arguments.Failed(out var problem))
            return problem;
        if (alerts.Put(tenant, rules, receivers, time.GetUtcNow(), over => text.OfTransitions(tenant, over)) is null)
            return Problems.UnknownTenant;
        bell.Ring();
        return TypedResults.Ok(Info(http, tenant, alerts, board));
    }

    private static Results<Ok<AlertHistoryPage>, ProblemResult> ReadHistory(HttpContext http, SqliteAlerts alerts)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        var limit = arguments.Number("limit", 1, MostTransitions) ?? DefaultLimit;
        var before = ReadCursor(arguments);
        if (arguments.Failed(out var problem))
            return problem;
        // One more than asked tells whether there is another page.
        var history = alerts.History(tenant, before, limit + 1);
        var next = history.Count > limit ? history[limit - 1].Id.ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Ok(new AlertHistoryPage([.. history.Take(limit).Select(AlertInfos.Of)], next));
    }

    private static long ReadCursor(Arguments arguments)
    {
        if (arguments.Text("cursor") is not { } text)
            return long.MaxValue;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var before))
            arguments.Refuse("cursor", "It is not a cursor that this address gave.");
        return before;
    }

    private static AlertsInfo Info(HttpContext http, TenantId tenant, SqliteAlerts alerts, AlertBoard board)
    {
        var (document, standings) = alerts.Load(tenant);
        var look = board.Of(tenant);
        return AlertInfos.Of(document, standings, look?.Revision == document.Revision ? look : null, http.Token().Has(TokenScopes.Admin));
    }
}
