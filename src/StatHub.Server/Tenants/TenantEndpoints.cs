using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using StatHub.Contracts.Json;
using StatHub.Contracts.Tenants;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tenants;

/// <summary>Registers, lists, changes and erases tenants.</summary>
internal static class TenantEndpoints
{
    private const int LongestName = 200;
    private const int LongestRetention = 36_500;
    private const int LargestKeyLimit = 10_000_000;

    private static readonly TenantInfo Example = new("demo", "Demo", 400, 24, new DateOnly(2024, 3, 1), 5000, null, new(2022, 3, 1, 9, 0, 0, TimeSpan.Zero));

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
            .TakesBody(new NewTenant("demo", "Demo", 400, 5000, RollupMonths: 24), StatHubJson.Default.NewTenant)
            .Answers(201, "The tenant.", Example with { SumsFrom = null }, StatHubJson.Default.TenantInfo)
            .AnswersProblems(
                Problems.BadArgument("id", "…"), Problems.NoToken, Problems.MissingScope, Problems.TenantExists("demo"));
        group.MapPatch("/{tenant}", ChangeAsync).Demands(Access.ServiceAdmin)
            .WithSummary("Change a tenant's name or limits")
            .WithDescription("What is absent stays as it is, `null` takes a setting away. Limits hold for hits that are counted from now on. Raw hits go `retentionDays` after their day, sums `rollupMonths` whole UTC months before the current one; sums are not kept shorter than raw hits.")
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
        var tenant = body is null ? null : Read(body, arguments, time);
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
            tenant = Checked(Changed(tenant, body, arguments), arguments);
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

    private static Tenant Read(NewTenant body, Arguments arguments, TimeProvider time)
    {
        if (!TenantId.TryParse(body.Id, out var id))
            arguments.Refuse("id", "It is 1 to 32 characters of a-z and 0-9.");
        return Checked(
            new Tenant(id, body.Name ?? body.Id ?? "", body.RetentionDays, time.GetUtcNow(), body.KeyLimit, body.HitsPerDay, body.RollupMonths), arguments,
            hasName: body.Name is not null);
    }

    private static Tenant Changed(Tenant tenant, TenantChange change, Arguments arguments) => tenant with
    {
        Name = change.Name.ValueKind switch
        {
            JsonValueKind.Undefined => tenant.Name,
            JsonValueKind.Null => tenant.Id.ToString(),
            JsonValueKind.String => change.Name.GetString()!,
            _ => "",
        },
        RetentionDays = Changed(change.RetentionDays, tenant.RetentionDays, "retentionDays", arguments),
        RollupMonths = Changed(change.RollupMonths, tenant.RollupMonths, "rollupMonths", arguments),
        KeyLimit = Changed(change.KeyLimit, tenant.KeyLimit, "keyLimit", arguments),
        HitsPerDay = Changed(change.HitsPerDay, tenant.HitsPerDay, "hitsPerDay", arguments),
    };

    private static T? Changed<T>(JsonElement change, T? now, string name, Arguments arguments)
        where T : struct, IBinaryInteger<T>
    {
        if (change.ValueKind == JsonValueKind.Undefined)
            return now;
        if (change.ValueKind == JsonValueKind.Null)
            return null;
        if (change.ValueKind == JsonValueKind.Number && T.TryParse(change.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        arguments.Refuse(name, "It is a whole number in its range, or null.");
        return now;
    }

    private static Tenant Checked(Tenant tenant, Arguments arguments, bool hasName = true)
    {
        if (hasName && tenant.Name is { Length: 0 or > LongestName })
            arguments.Refuse("name", "A name has 1 to 200 characters.");
        if (tenant.RetentionDays is < 1 or > LongestRetention)
            arguments.Refuse("retentionDays", "It is a number of days from 1 to 36500.");
        if (tenant.RollupMonths is < 1 or > KeptMonths.Most)
            arguments.Refuse("rollupMonths", "It is a number of months from 1 to 1200.");
        else if (!tenant.KeepsSumsOfRawHits)
            arguments.Refuse("rollupMonths", ShorterThanRawHits(tenant.RollupMonths!.Value, tenant.RetentionDays));
        if (tenant.KeyLimit is < 1 or > LargestKeyLimit)
            arguments.Refuse("keyLimit", "It is a number of keys from 1 to 10000000.");
        if (tenant.HitsPerDay is < 1)
            arguments.Refuse("hitsPerDay", "It is a number of hits, 1 or more.");
        return tenant;
    }

    private static string ShorterThanRawHits(int rollupMonths, int? retentionDays) =>
        $"Sums are not kept shorter than raw hits. {rollupMonths} months have at least {KeptMonths.FewestDays(rollupMonths)} days, and retentionDays is {(retentionDays is { } days ? $"{days}" : "null: for ever")}.";

    private static TenantInfo ToInfo(Tenant tenant) =>
        new(tenant.Id.ToString(), tenant.Name, tenant.RetentionDays, tenant.RollupMonths, tenant.SumsFrom, tenant.KeyLimit, tenant.HitsPerDay, tenant.CreatedAt);
}
