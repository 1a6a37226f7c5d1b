using System.Text.Json;

namespace StatHub.Tests.Server;

/// <summary>Tests of the whole service, each with a tenant of its own.</summary>
public abstract class OwnTenant : IClassFixture<WholeApi>
{
    protected OwnTenant(WholeApi api)
    {
        Api = api;
        Api.Register(Tenant);
    }

    protected WholeApi Api { get; }

    protected string Tenant { get; } = $"t{Guid.CreateVersion7():N}"[..20];

    /// <summary>An answer about the tenant, with everything that was sent so far.</summary>
    /// <param name="question">What comes behind the tenant in the path, such as <c>keys/home/count?from=2026-03-01</c>.</param>
    protected async Task<JsonElement> AskAsync(string question) =>
        await WholeApi.JsonAsync(await Api.Client().GetAsync($"/api/v1/tenants/{Tenant}/{question}{(question.Contains('?') ? '&' : '?')}fresh=true"));
}
