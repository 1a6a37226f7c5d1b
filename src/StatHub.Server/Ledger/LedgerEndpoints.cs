using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Ledger;
using StatHub.Core.Journal;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;
using static StatHub.Server.Http.QueryArgumentList;

namespace StatHub.Server.Ledger;

/// <summary>The proof: lines in are lines counted and lines refused.</summary>
internal static class LedgerEndpoints
{
    private const int DefaultLimit = 100;
    private const int MostLines = 1000;

    private static readonly DateTimeOffset ExampleTime = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly LedgerSums Sums = new(
        ExampleTime, null, 1240, 1234, new Dictionary<string, long> { ["flood"] = 4, ["bad_value"] = 2 }, 0, ExampleTime.AddHours(12));

    private static readonly RefusedLine Refused = new(
        "bad_value", ExampleTime.AddHours(10), "hits-2026-03-01-09-59.log", 52_480, """{"tenant":"demo","key":"home",…""");

    private static readonly QueryArgument Tenant = new("tenant", "Only lines of this tenant. Without it the token must be an admin's of all tenants.", "demo");

    private static readonly QueryArgument Reason = new(
        "reason", "Only lines refused for this reason.", "bad_value", Values: [.. RejectReasons.All.Select(RejectReasons.Name)]);

    private static readonly QueryArgument Limit = new("limit", "At most so many lines, 1 to 1000. Default: 100.", "20", "integer");

    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/ledger").WithTags("Ledger");
        group.MapRead("", Totals).Demands(Access.Read)
            .WithSummary("Account for every line of the journal")
            .WithDescription("By the time of commit. `lines = counted + sum(rejected)`, always.")
            .Takes(From, To, Tz, Tenant)
            .Answers(200, "The sums.", Sums, StatHubJson.Default.LedgerSums)
            .AnswersTenantProblems();
        group.MapExplain();
        group.MapRead("/rejected", Rejected).Demands(Access.ServiceAdmin)
            .WithSummary("Show the first refused lines of each reason and day")
            .Takes(Reason, Limit)
            .Answers(200, "Samples, newest day first.", [Refused], StatHubJson.Default.IReadOnlyListRefusedLine)
            .AnswersProblems(Problems.BadArgument("reason", "…"), Problems.NoToken, Problems.MissingScope);
    }

    private static Results<Ok<LedgerSums>, ProblemResult> Totals(
        HttpContext http, ILedger ledger, IJournal journal, ITenantStore tenants, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var name = arguments.Text("tenant");
        TenantId? tenant = null;
        if (name is null && !IsServiceAdmin(http.Token()))
            return Problems.MissingScope;
        if (name is not null)
        {
            if (!http.Token().Shows(name, tenants, out var shown))
                return Problems.UnknownTenant;
            tenant = shown;
        }
        var range = RangeArguments.Read(arguments, time.GetUtcNow());
        if (arguments.Failed(out var problem))
            return problem;
        var asOf = journal.AsOf;
        var totals = ledger.Totals(range.Range, tenant);
        return TypedResults.Ok(new LedgerSums(
            range.From, range.To, totals.Lines, totals.Counted, ByName(totals), journal.PendingBytes, asOf));
    }

    private static Results<Ok<IReadOnlyList<RefusedLine>>, ProblemResult> Rejected(HttpContext http, ILedger ledger)
    {
        var arguments = new Arguments(http);
        var limit = arguments.Number("limit", 1, MostLines) ?? DefaultLimit;
        RejectReason? reason = null;
        if (arguments.Text("reason") is { } name)
        {
            if (RejectReasons.TryParse(name, out var known))
                reason = known;
            else
                arguments.Refuse("reason", $"It is one of {string.Join(", ", RejectReasons.All.Select(RejectReasons.Name))}.");
        }
        if (arguments.Failed(out var problem))
            return problem;
        return TypedResults.Ok<IReadOnlyList<RefusedLine>>(
        [
            .. ledger.Rejected(reason, limit)
                .Select(line => new RefusedLine(line.Reason.Name(), line.CommittedAt, line.File, line.Offset, line.Line)),
        ]);
    }

    private static bool IsServiceAdmin(Token token) => token.Tenant is null && token.Has(TokenScopes.Admin);

    private static Dictionary<string, long> ByName(LedgerTotals totals) =>
        totals.Rejected.OrderBy(refused => refused.Key).ToDictionary(refused => refused.Key.Name(), refused => refused.Value);
}
