using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Stats;

/// <summary>Whose stats a request is about: the tenant's whose token it has, the one that it names with a token for all, or the one of requests without a token.</summary>
internal sealed class StatsTenant(ITenantStore tenants, IOptions<StatsOptions> options)
{
    /// <summary>What the routes take.</summary>
    public static readonly QueryArgument Argument = new("tenant", "The tenant, with a token that is for all tenants. Other arguments are ignored.", "demo");

    private readonly string? _anonymous = string.IsNullOrEmpty(options.Value.AnonymousTenant) ? null : options.Value.AnonymousTenant;

    /// <summary>A demand for a scope; requests without a token pass where a tenant is set for them.</summary>
    public static AccessDemand Demand(TokenScopes scope, bool isOptional = true) => new(scope)
    {
        WithoutToken = isOptional ? IsOfAnonymous : null,
        Refuse = (http, refusal) => StatsFailure.Of(refusal.Problem).ExecuteAsync(http),
    };

    public bool TryFind(HttpContext http, out TenantId tenant, [NotNullWhen(false)] out StatsFailure? failure)
    {
        tenant = default;
        var token = http.Features.Get<Token>();
        string? named = http.Request.Query["tenant"];
        failure = token is null ? Find(_anonymous, out tenant)
            : token.Tenant is null && named is null ? StatsFailure.NoTenant
            : token.Shows(named ?? token.Tenant.ToString(), tenants, out tenant) ? null
            : StatsFailure.UnknownTenant;
        return failure is null;
    }

    private static bool IsOfAnonymous(HttpContext http) => http.RequestServices.GetRequiredService<StatsTenant>()._anonymous is not null;

    private StatsFailure? Find(string? name, out TenantId tenant) =>
        TenantId.TryParse(name, out tenant) && tenants.Find(tenant) is not null ? null : StatsFailure.UnknownTenant;
}
