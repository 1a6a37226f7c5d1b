using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Tests.Server;

namespace StatHub.Tests.Stats;

/// <summary>The API over real HTTP with the embedded stats, whose tenants are registered in both stores.</summary>
public sealed class StatsApi : IDisposable
{
    private readonly Uri _address;
    private int _tenants;

    public StatsApi()
        : this([])
    {
    }

    private StatsApi((string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings)
            Api.Settings["StatHub:Stats:" + name] = value;
        Api.UseKestrel(0);
        Api.StartServer();
        var address = Api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _address = new Uri($"http://127.0.0.1:{new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port}");
    }

    public StatHubApi Api { get; } = new();

    /// <summary>One with settings of the section of stats.</summary>
    public static StatsApi With(params (string Name, string Value)[] settings) => new(settings);

    /// <summary>A tenant that no test has had.</summary>
    public string NewTenant() => $"t{Interlocked.Increment(ref _tenants)}";

    /// <summary>A client of a tenant's own token.</summary>
    public HttpClient Client(TokenScopes scopes = TokenScopes.Read | TokenScopes.Write, string tenant = "demo")
    {
        Register(tenant);
        return Served(Api.Client(Api.Token(scopes, tenant)));
    }

    /// <summary>A client with a token for all tenants.</summary>
    public HttpClient Admin() => Served(Api.Client());

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous() => Served(Api.Anonymous());

    public void Register(string tenant)
    {
        Api.Register(tenant);
        Api.Services.GetRequiredService<StatHub.Storage.Store>().Tenants.TryCreate(new Tenant(TenantId.Parse(tenant), tenant, null, StatHubApi.Noon));
    }

    /// <summary>Revokes all tokens of a tenant.</summary>
    public void Revoke(string tenant = "demo")
    {
        foreach (var token in Api.Store.List(TenantId.Parse(tenant)))
            Api.Store.Revoke(token.Tenant, token.Id);
    }

    /// <summary>Sends a body as old clients do, without a type.</summary>
    public static async Task<(HttpStatusCode Status, string Body)> PostAsync(HttpClient client, string path, string body) =>
        await PostAsync(client, path, Encoding.UTF8.GetBytes(body));

    public static async Task<(HttpStatusCode Status, string Body)> PostAsync(HttpClient client, string path, byte[] body)
    {
        using var answer = await client.PostAsync(path, new ByteArrayContent(body));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose() => Api.Dispose();

    private HttpClient Served(HttpClient client)
    {
        client.BaseAddress = _address;
        return client;
    }
}
