using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Tenants;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tenants;

/// <summary>Registers, lists, changes and erases tenants.</summary>
internal static class TenantEndpoints
{
    private static readonly TenantInfo Example = new("demo", "Demo", 400, 24, new DateOnly(2024, 3, 1), 5000, null, new(2022, 3, 1, 9, 0, 0, TimeSpan.Zero), true, ["https://shop.example"]);

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
            .TakesBody(new NewTenant("demo", "Demo", 400, 5000, null, 24, true, ["https://shop.example"]), StatHubJson.Default.NewTenant)
            .Answers(201, "The tenant.", Example with { SumsFrom = null }, StatHubJson.Default.TenantInfo)
            .AnswersProblems(
                Problems.BadArgument("id", "…"), Problems.NoToken, Problems.MissingScope, Problems.TenantExists("demo"));
        group.MapPatch("/{tenant}", ChangeAsync).Demands(Access.ServiceAdmin)
            .WithSummary("Change a tenant's name, limits and who may read it")
            .WithDescription("What is absent stays as it is, `null` takes a setting away. Limits hold for hits that are counted from now on. Raw hits go `retentionDays` after their day, sums `rollupMonths` whole UTC months before the current one; sums are not kept shorter than raw hits. With `publicRead` anybody may ask for counts and series. Scripts of pages whose origin is in `corsOrigins` may ask about hits; `*`, which is every page, goes with `publicRead` only.")
            .TakesBody(new TenantChange { HitsPerDay = JsonSerializer.SerializeToElement(1_000_000, StatHubJson.Default.Int32) }, StatHubJson.Default.TenantChange)
            .Answers(200, "The tenant.", Example with { HitsPerDay = 1_000_000 }, StatHubJson.Default.TenantInfo)
            .AnswersTenantProblems();
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
                [.. Seen(http.Token(), tenants).Select(ToInfo)]);

    private static IEnumerable<Tenant> Seen(Token token, ITenantStore tenants) =>
        token.Tenant is not { } own ? tenants.List() : tenants.Find(own) is { } tenant ? [tenant] : [];

    private static async Task<Results<Created<TenantInfo>, ProblemResult>> CreateAsync(
        HttpContext http, ITenantStore tenants, TimeProvider time)
    {
        var arguments = new Arguments(http);
        var body = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.NewTenant);
        var tenant = body is null ? null : TenantArguments.Read(body, arguments, time);
        if (arguments.Failed(out var problem))
            return problem;
        return tenants.TryCreate(tenant!)
            ? TypedResults.Created($"/api/v1/tenants/{tenant!.Id}", ToInfo(tenant))
            : Problems.TenantExists(tenant!.Id.ToString());
    }

    private static async Task<Results<Ok<TenantInfo>, ProblemResult>> ChangeAsync(HttpContext http, ITenantStore tenants)
    {
        var arguments = new Arguments(http);
        var id = ScopeArguments.Read(http, arguments).Tenant;
        var body = await JsonBody.ReadAsync(http, arguments, StatHubJson.Default.TenantChange);
        var tenant = tenants.Find(id);
        if (body is not null && tenant is not null)
            tenant = TenantArguments.Change(tenant, body, arguments);
        if (arguments.Failed(out var problem))
            return problem;
        return tenant is not null && tenants.TryChange(tenant) ? TypedResults.Ok(ToInfo(tenant)) : Problems.UnknownTenant;
    }

    private static Results<NoContent, ProblemResult> Erase(HttpContext http, ITenantStore tenants)
    {
        var arguments = new Arguments(http);
        var tenant = ScopeArguments.Read(http, arguments).Tenant;
        if (arguments.Failed(out var problem))
            return problem;
        return tenants.Erase(tenant) ? TypedResults.NoContent() : Problems.UnknownTenant;
    }

    private static TenantInfo ToInfo(Tenant tenant) =>
        new(tenant.Id.ToString(), tenant.Name, tenant.RetentionDays, tenant.RollupMonths, tenant.SumsFrom, tenant.KeyLimit, tenant.HitsPerDay, tenant.CreatedAt,
            tenant.PublicRead, tenant.CorsOrigins.IsEmpty ? null : tenant.CorsOrigins.List);
}
