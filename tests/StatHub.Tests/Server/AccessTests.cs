using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Tests.Server;

public sealed class AccessTests : IClassFixture<StatHubApi>
{
    private const string Count = "/api/v1/tenants/demo/count";

    private readonly StatHubApi _api;

    public AccessTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", Count },
        { "GET", "/api/v1/tenants/demo/series" },
        { "GET", "/api/v1/tenants/demo/hits" },
        { "GET", "/api/v1/tenants/demo/keys" },
        { "GET", "/api/v1/tenants/demo/keys/home/count" },
        { "GET", "/api/v1/tenants/demo/keys/home/series" },
        { "GET", "/api/v1/tenants/demo/keys/home/hits" },
        { "GET", "/api/v1/tenants" },
        { "POST", "/api/v1/tenants" },
        { "DELETE", "/api/v1/tenants/demo" },
        { "GET", "/api/v1/tenants/demo/tokens" },
        { "POST", "/api/v1/tenants/demo/tokens" },
        { "DELETE", "/api/v1/tenants/demo/tokens/1" },
        { "POST", "/api/v1/tenants/demo/tokens/1/rotate" },
        { "POST", "/api/v1/tenants/demo/tokens/import" },
        { "GET", "/api/v1/tokens" },
        { "POST", "/api/v1/tokens" },
        { "DELETE", "/api/v1/tokens/1" },
        { "POST", "/api/v1/tokens/1/rotate" },
        { "GET", "/api/v1/ledger" },
        { "GET", "/api/v1/ledger/rejected" },
        { "GET", "/api/v1/sources" },
        { "POST", "/api/v1/nginx/reopen" },
        { "GET", "/statcount/demo/home" },
        { "GET", "/statdata/demo/home" },
        { "GET", "/rawlog/demo/home" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Without_a_token_the_answer_is_401(string method, string path)
    {
        var answer = await _api.Anonymous().SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer realm=\"StatHub\"");
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/no-token");
    }

    [Fact]
    public async Task A_wrong_token_is_told_from_none()
    {
        var answer = await _api.Client("sth_wrong").GetAsync("/api/v1/tenants/demo/count");

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var problem = await StatHubApi.JsonAsync(answer);
        problem.GetProperty("type").GetString().Should().Be("/problems/no-token");
        problem.GetProperty("detail").GetString().Should().StartWith("The token of this request is not valid");
    }

    public static TheoryData<string, string> ScopedRoutes =>
        Where((method, path) => (method, path) != ("GET", "/api/v1/tenants"));

    public static TheoryData<string, string> TenantRoutes =>
        Where((_, path) => path.Contains("/demo", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(ScopedRoutes))]
    public async Task Without_the_scope_the_answer_is_403(string method, string path)
    {
        var client = _api.Client(_api.Token(TokenScopes.Write, "demo"));

        var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/missing-scope");
    }

    [Theory]
    [MemberData(nameof(TenantRoutes))]
    public async Task A_tenant_that_is_not_seen_is_like_one_that_does_not_exist(string method, string path)
    {
        _api.Register("other");
        var client = _api.Client(_api.Token(TokenScopes.Admin, "demo"));
        var bodies = new List<string>();
        foreach (var tenant in (string[])["other", "nobody", "Not-A-Tenant"])
        {
            var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path.Replace("/demo", "/" + tenant, StringComparison.Ordinal)));
            answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
            bodies.Add(await answer.Content.ReadAsStringAsync());
        }

        bodies.Distinct().Should().ContainSingle().Which.Should().Contain("/problems/unknown-tenant");
    }

    [Fact]
    public void Every_route_demands_a_token_or_says_that_it_is_for_everybody()
    {
        _ = _api.Anonymous();

        _api.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(route => route.Metadata.GetMetadata<AccessDemand>() is null)
            .Should().BeEmpty();
    }

    [Theory]
    [InlineData("Bearer {0}")]
    [InlineData("bearer {0}")]
    [InlineData("Token {0}")]
    [InlineData("Bearer   {0} ")]
    [InlineData("Token{0}")]
    [InlineData("{0}")]
    public async Task A_token_is_taken_in_every_spelling_of_old_and_new_clients(string header) =>
        (await WithHeaderAsync(header)).StatusCode.Should().Be(HttpStatusCode.OK);

    [Theory]
    [InlineData("Basic {0}")]
    [InlineData("Bearer{0}")]
    [InlineData("{0}=")]
    [InlineData("Bearer {0}\u00e9")]
    [InlineData("Bearer")]
    [InlineData("Bearer x{0}")]
    [InlineData("Bearer sth_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer {0},{0}")]
    public async Task Other_headers_are_no_token(string header)
    {
        var answer = await WithHeaderAsync(header);

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer realm=\"StatHub\", error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_token_in_the_address_is_not_taken()
    {
        var token = _api.Token(TokenScopes.Admin);

        (await _api.Anonymous().GetAsync($"{Count}?token={token}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(TokenScopes.Read)]
    [InlineData(TokenScopes.Admin)]
    [InlineData(TokenScopes.Read | TokenScopes.Write)]
    public async Task A_tenants_token_reads_its_tenant(TokenScopes scopes) =>
        (await _api.Client(_api.Token(scopes, "demo")).GetAsync(Count)).StatusCode.Should().Be(HttpStatusCode.OK);

    [Fact]
    public async Task A_tenants_admin_may_not_do_what_is_the_services()
    {
        var client = _api.Client(_api.Token(TokenScopes.Admin, "demo"));

        (await client.PostAsync("/api/v1/tenants", null)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await client.GetAsync("/api/v1/ledger")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await client.PostAsync("/api/v1/nginx/reopen", null)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await client.GetAsync("/api/v1/tokens")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("GET", "/api/v1/tenants/demo/keys/a/b/count")]
    [InlineData("POST", "/nowhere")]
    public async Task An_unknown_address_is_a_problem(string method, string path)
    {
        var answer = await _api.Anonymous().SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/unknown-route");
    }

    [Fact]
    public async Task A_wrong_method_is_a_problem_that_names_the_right_ones()
    {
        var answer = await _api.Client().PostAsync(Count, null);

        answer.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);
        answer.Content.Headers.Allow.Should().BeEquivalentTo("GET", "HEAD");
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/wrong-method");
    }

    private static TheoryData<string, string> Where(Func<string, string, bool> wanted)
    {
        var routes = new TheoryData<string, string>();
        foreach (var route in Routes.Where(route => wanted((string)route[0], (string)route[1])))
            routes.Add((string)route[0], (string)route[1]);
        return routes;
    }

    private async Task<HttpResponseMessage> WithHeaderAsync(string header)
    {
        using var client = _api.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", string.Format(null, header, _api.Token(TokenScopes.Read, "demo")));
        return await client.GetAsync(Count);
    }
}
