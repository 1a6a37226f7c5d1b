using System.Net;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;

namespace StatHub.Tests.Server;

public sealed class TenantCorsTests : IClassFixture<StatHubApi>
{
    private const string Page = "https://shop.example";
    private const string Count = "/api/v1/tenants/demo/count";

    private readonly StatHubApi _api;

    public TenantCorsTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
        Allow(Page, "http://localhost:3000");
        _api.Register("other");
    }

    [Theory]
    [InlineData("/api/v1/tenants/demo/count")]
    [InlineData("/api/v1/tenants/demo/hits")]
    [InlineData("/api/v1/tenants/demo/keys/home/series")]
    public async Task A_page_that_the_tenant_names_may_ask(string path)
    {
        var answer = await PreflightAsync(path, Page);

        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        Header(answer, "Access-Control-Allow-Origin").Should().Be(Page);
        Header(answer, "Access-Control-Allow-Methods").Should().Contain("GET");
        Header(answer, "Access-Control-Allow-Headers").Should().Contain("Authorization");
        Header(answer, "Access-Control-Max-Age").Should().Be("600");
        Header(answer, "Access-Control-Allow-Credentials").Should().BeNull();
    }

    [Theory]
    [InlineData(Count, "https://evil.example")]
    [InlineData(Count, "https://shop.example.evil")]
    [InlineData(Count, "http://shop.example")]
    [InlineData(Count, "null")]
    [InlineData("/api/v1/tenants/other/count", Page)]
    [InlineData("/api/v1/tenants/nobody/count", Page)]
    [InlineData("/api/v1/tenants/demo/tokens", Page)]
    [InlineData("/api/v1/tenants", Page)]
    [InlineData("/api/v1/ledger", Page)]
    [InlineData("/metrics", Page)]
    public async Task No_other_page_and_no_other_route(string path, string page)
    {
        var preflight = await PreflightAsync(path, page);
        var answer = await AskAsync(path, page, _api.Token(TokenScopes.Admin));

        preflight.Headers.Concat(answer.Headers).Where(header => header.Key.StartsWith("Access-Control", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_tenant_that_names_no_page_is_like_one_that_does_not_exist()
    {
        var (other, nobody) = (await PreflightAsync("/api/v1/tenants/other/count", Page), await PreflightAsync("/api/v1/tenants/nobody/count", Page));

        other.StatusCode.Should().Be(nobody.StatusCode);
        $"{other.Headers}".Should().Be($"{nobody.Headers}");
    }

    [Fact]
    public async Task The_page_reads_answers_and_refusals()
    {
        var answer = await AskAsync(Count, Page, _api.Token(TokenScopes.Read, "demo"));
        var refusal = await AskAsync(Count, Page, null);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        Header(answer, "Access-Control-Allow-Origin").Should().Be(Page);
        Header(answer, "Access-Control-Expose-Headers").Should().Contain("Link");
        Header(answer, "Access-Control-Allow-Credentials").Should().BeNull();
        answer.Headers.Vary.Should().Contain("Origin");
        refusal.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        Header(refusal, "Access-Control-Allow-Origin").Should().Be(Page);
    }

    [Fact]
    public async Task Every_page_may_ask_a_tenant_that_says_so()
    {
        Allow("*");

        Header(await PreflightAsync(Count, "https://any.example"), "Access-Control-Allow-Origin").Should().Be("*");
        var answer = await AskAsync(Count, "https://any.example", null);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        Header(answer, "Access-Control-Allow-Origin").Should().Be("*");
        Header(answer, "Access-Control-Allow-Credentials").Should().BeNull();
    }

    [Fact]
    public async Task A_preflight_of_no_page_is_a_wrong_method() =>
        (await _api.Anonymous().SendAsync(new HttpRequestMessage(HttpMethod.Options, Count))).StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed);

    private void Allow(params string[] origins)
    {
        WebOrigins.TryCreate(origins, out var pages).Should().BeTrue();
        _api.Store.TryChange(_api.Store.Find(TenantId.Parse("demo"))! with { CorsOrigins = pages, PublicRead = pages.HasEvery });
    }

    private async Task<HttpResponseMessage> PreflightAsync(string path, string page)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", page);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        return await _api.Anonymous().SendAsync(request);
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string page, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", page);
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        return await _api.Anonymous().SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;
}
