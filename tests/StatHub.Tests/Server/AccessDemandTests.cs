using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Http;
using StatHub.Server.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

/// <summary>Demands of routes that take the tenant from the token, or answer refusals in their own way.</summary>
public sealed class AccessDemandTests : IAsyncLifetime
{
    private readonly MemoryStore _store = new(new ManualTime(StatHubApi.Noon));
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        _store.TryCreate(new Tenant(TenantId.Parse("demo"), "demo", null, StatHubApi.Noon));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<ITenantStore>(_store).AddSingleton<ITokenStore>(_store).AddSingleton<TimeProvider>(new ManualTime(StatHubApi.Noon)).AddAccess(builder.Configuration);
        _app = builder.Build();
        _app.UseTokens();
        _app.MapGet("/write", (HttpContext http) => http.OwnTenant().ToString()).Demands(Access.OwnWrite);
        _app.MapGet("/either", (HttpContext http) => http.OwnTenant().ToString()).Demands(Access.OwnReadOrWrite);
        _app.MapGet("/own", () => "in").Demands(Access.OwnWrite with { Refuse = RefuseAsync });
        _app.MapGet("/lenient", (HttpContext http) => http.Features.Get<Token>()?.Name ?? "nobody")
            .Demands(Access.OwnWrite with { WithoutToken = http => http.Request.Query.ContainsKey("please") });
        await _app.StartAsync();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("/write", TokenScopes.Write, HttpStatusCode.OK)]
    [InlineData("/write", TokenScopes.Admin, HttpStatusCode.OK)]
    [InlineData("/write", TokenScopes.Read, HttpStatusCode.Forbidden)]
    [InlineData("/either", TokenScopes.Write, HttpStatusCode.OK)]
    [InlineData("/either", TokenScopes.Read, HttpStatusCode.OK)]
    public async Task A_route_takes_the_tenant_from_the_token(string path, TokenScopes scopes, HttpStatusCode status)
    {
        var answer = await AskAsync(path, Token(scopes, "demo"));

        answer.StatusCode.Should().Be(status);
        if (status == HttpStatusCode.OK)
            (await answer.Content.ReadAsStringAsync()).Should().Be("demo");
    }

    [Theory]
    [InlineData("/write")]
    [InlineData("/either")]
    public async Task A_token_for_all_tenants_has_none_to_give(string path)
    {
        var answer = await AskAsync(path, Token(TokenScopes.Admin, tenant: null));

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/token-without-tenant");
    }

    [Fact]
    public async Task A_route_writes_its_refusals_in_its_own_way()
    {
        (await TextAsync("/own", null)).Should().Be("403 NoToken");
        (await TextAsync("/own", TokenSecret.Create())).Should().Be("403 BadToken");
        (await TextAsync("/own", Token(TokenScopes.Read, "demo"))).Should().Be("403 MissingScope");
        (await TextAsync("/own", Token(TokenScopes.Write, null))).Should().Be("403 NoTenant");
        (await TextAsync("/own", Token(TokenScopes.Write, "demo"))).Should().Be("200 in");
    }

    [Fact]
    public async Task Who_comes_too_often_is_told_in_the_routes_own_way_and_when_to_come_again()
    {
        for (var attempt = 0; attempt < 10; attempt++)
            (await SendAsync("203.0.113.7")).Response.Headers.RetryAfter.Should().BeEmpty();

        var refused = await SendAsync("203.0.113.7");

        refused.Response.StatusCode.Should().Be(403);
        refused.Response.Headers.RetryAfter.Should().Equal("6");
        using var reader = new StreamReader(refused.Response.Body);
        (await reader.ReadToEndAsync()).Should().Be("TooManyAttempts");
    }

    [Fact]
    public async Task Without_a_token_passes_whom_the_route_lets_pass_and_a_token_is_judged_all_the_same()
    {
        (await TextAsync("/lenient?please", null)).Should().Be("200 nobody");
        (await AskAsync("/lenient", null)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await TextAsync("/lenient?please", Token(TokenScopes.Write, "demo"))).Should().Be("200 test");
        (await AskAsync("/lenient?please", TokenSecret.Create())).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    private Task<HttpContext> SendAsync(string address) => _app.GetTestServer().SendAsync(http =>
    {
        http.Connection.RemoteIpAddress = IPAddress.Parse(address);
        http.Request.Path = "/own";
        http.Request.Headers.Authorization = "Token wrong";
    });

    private static Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return http.Response.WriteAsync(refusal.Reason.ToString());
    }

    private string Token(TokenScopes scopes, string? tenant)
    {
        var secret = TokenSecret.Create();
        _store.Create("test", tenant is null ? null : TenantId.Parse(tenant), scopes, TokenSecret.Hash(secret));
        return secret;
    }

    private async Task<string> TextAsync(string path, string? token)
    {
        var answer = await AskAsync(path, token);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        return await _app.GetTestClient().SendAsync(request);
    }
}
