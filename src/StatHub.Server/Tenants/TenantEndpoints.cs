using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Tenants;
using StatHub.Core.Tenants;
using StatHub.Server.Http;

namespace StatHub.Server.Tenants;

/// <summary>Registers, lists and erases tenants.</summary>
internal static class TenantEndpoints
{
    private const int LongestName = 200;
    private const int LongestRetention = 36_500;

    private static readonly TenantInfo Example = new("demo", "Demo", 400, new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/tenants").WithTags("Tenants");
        group.MapRead("", List).Demands(Access.AnyToken)
            .WithSummary("List the tenants that the token sees")
            .Answers(200, "The tenants, by name.", [Example], StatHubJson.Default.IReadOnlyListTenantInfo)
            .AnswersProblems(Problems.BadArgument("…", "There is no such argument here."), Problems.NoToken);
        group.MapPost("", CreateAsync).Demands(Access.ServiceAdmin)
            .WithSummary("Register a tenant")
            .WithDescription("Hits of a tenant are counted from its registration on.")
            .TakesBody(new NewTenant("demo", "Demo", 400), StatHubJson.Default.NewTenant)
            .Answers(201, "The tenant.", Example, StatHubJson.Default.TenantInfo)
            .AnswersProblems(
                Problems.BadArgument("id", "…"), Problems.NoToken, Problems.MissingScope, Problems.TenantExists("demo"));
        group.MapDelete("/{tenant}", Erase).Demands(Access.TenantAdmin)
            .WithSummary("Erase a tenant")
            .WithDescription("Its counts, raw hits and tokens are gone for good, lines of it that are not read yet included.")
            .AnswersText(204, "It is erased.")
            .AnswersTenantProblems();
    }

    private static Results<Ok<IReadOnlyList<TenantInfo>>, ProblemResult> List(HttpContext http, ITenantStore tenants) =>
        new Arguments(http).Failed(out var problem)
            ? problem
            : TypedResults.Ok<IReadOnlyList<TenantInfo>>(
                [.. tenants.List().Where(tenant => http.Token().Sees(tenant.Id)).Select(ToInfo)]);

    private static async Task<Results<Created<TenantInfo>, ProblemResult>> CreateAsync(
        HttpContext http, ITenantStore tenants, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var body = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.NewTenant);
        var tenant = body is null ? null : Read(body, arguments, time);
        if (arguments.Failed(out var problem))
            return problem;
        return tenants.TryCreate(tenant!)
            ? TypedResults.Created($"/api/v1/tenants/{tenant!.Id}", ToInfo(tenant))
            : Problems.TenantExists(tenant!.Id.ToString());
    }

    private static Results<NoContent, ProblemResult> Erase(HttpContext http, ITenantStore tenants)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        if (arguments.Failed(out var problem))
            return problem;
        return tenants.Erase(tenant) ? TypedResults.NoContent() : Problems.UnknownTenant;
    }

    private static Tenant Read(NewTenant body, Arguments arguments, TimeProvider time)
    {
        if (!TenantId.TryParse(body.Id, out var id))
            arguments.Refuse("id", "It is 1 to 32 characters of a-z and 0-9.");
        if (body.Name is { Length: 0 or > LongestName })
            arguments.Refuse("name", "A name has 1 to 200 characters.");
        if (body.RetentionDays is < 1 or > LongestRetention)
            arguments.Refuse("retentionDays", "It is a number of days from 1 to 36500.");
        return new Tenant(id, body.Name ?? body.Id ?? "", body.RetentionDays, time.GetUtcNow());
    }

    private static TenantInfo ToInfo(Tenant tenant) =>
        new(tenant.Id.ToString(), tenant.Name, tenant.RetentionDays, tenant.CreatedAt);
}
