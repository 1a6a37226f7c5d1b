using System.Net;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class PublicReadTests : IClassFixture<StatHubApi>
{
    private const string Count = "/api/v1/tenants/open/count";

    private readonly StatHubApi _api;

    public PublicReadTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
        // Answers of the test before are older than any is kept.
        _api.Time.Now += TimeSpan.FromMinutes(1 + Interlocked.Increment(ref _minutes));
        _api.Register("open");
        Change(tenant => tenant with { PublicRead = true });
        _api.Store.Ingest(JournalLine.Of("open", "home", StatHubApi.Noon));
    }

    private static int _minutes;

    [Theory]
    [InlineData("/api/v1/tenants/open/count")]
    [InlineData("/api/v1/tenants/open/series")]
    [InlineData("/api/v1/tenants/open/keys/home/count")]
    [InlineData("/api/v1/tenants/open/keys/home/series?step=hour")]
    public async Task Anybody_reads_counts_and_series_of_a_public_tenant(string path)
    {
        var answer = await _api.Anonymous().GetAsync(path);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Headers.CacheControl!.ToString().Should().Be("public, max-age=10");
        answer.Headers.Vary.Should().Contain("Origin");
        (await answer.Content.ReadAsStringAsync()).Should().Contain("\"hits\":1");
        (await _api.Anonymous().SendAsync(new HttpRequestMessage(HttpMethod.Head, path))).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/api/v1/tenants/open/hits")]
    [InlineData("GET", "/api/v1/tenants/open/keys")]
    [InlineData("GET", "/api/v1/tenants/open/keys/home/hits")]
    [InlineData("GET", "/api/v1/tenants/open/top/browser")]
    [InlineData("GET", "/api/v1/tenants/open/sums?by=browser")]
    [InlineData("GET", "/api/v1/tenants/open/tokens")]
    [InlineData("GET", "/api/v1/tenants")]
    [InlineData("GET", "/rawlog/open/home")]
    [InlineData("GET", "/statcount/open/home")]
    [InlineData("PATCH", "/api/v1/tenants/open")]
    [InlineData("DELETE", "/api/v1/tenants/open")]
    [InlineData("GET", "/api/v1/tenants/demo/count")]
    public async Task Nothing_else_is_read_without_a_token(string method, string path) =>
        (await _api.Anonymous().SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).StatusCode.Should().Be(HttpStatusCode.Unauthorized);

    [Theory]
    [InlineData("/api/v1/tenants/open/count?fresh=true")]
    [InlineData("/api/v1/tenants/open/series?fresh=true")]
    public async Task Nobody_waits_for_a_fresh_answer_without_a_token(string path)
    {
        var answer = await _api.Anonymous().GetAsync(path);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").GetProperty("fresh")[0].GetString().Should().Contain("send a token");
        (await _api.Client(_api.Token(TokenScopes.Read, "open")).GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_answer_is_the_same_for_ten_seconds()
    {
        var before = await _api.Anonymous().GetStringAsync(Count);
        _api.Store.Ingest(JournalLine.Of("open", "home", StatHubApi.Noon));

        _api.Time.Now += TimeSpan.FromSeconds(9.9);
        (await _api.Anonymous().GetAsync(Count)).Headers.CacheControl!.ToString().Should().Be("public, max-age=10");
        (await _api.Anonymous().GetStringAsync(Count)).Should().Be(before);
        (await _api.Anonymous().GetStringAsync(Count + "?tz=UTC")).Should().Contain("\"hits\":2", "that is another question");
        _api.Time.Now += TimeSpan.FromSeconds(0.1);
        (await _api.Anonymous().GetStringAsync(Count)).Should().Contain("\"hits\":2");
    }

    [Fact]
    public async Task Who_has_a_token_gets_an_answer_of_the_moment()
    {
        await _api.Anonymous().GetStringAsync(Count);
        _api.Store.Ingest(JournalLine.Of("open", "home", StatHubApi.Noon));

        var answer = await _api.Client(_api.Token(TokenScopes.Read, "open")).GetAsync(Count);

        (await answer.Content.ReadAsStringAsync()).Should().Contain("\"hits\":2");
        answer.Headers.CacheControl.Should().BeNull();
    }

    [Fact]
    public async Task A_tenant_that_is_public_no_more_is_closed_at_once()
    {
        await _api.Anonymous().GetStringAsync(Count);
        Change(tenant => tenant with { PublicRead = false });

        (await _api.Anonymous().GetAsync(Count)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_is_judged_by_what_it_may_on_a_public_tenant_too()
    {
        (await _api.Client(_api.Token(TokenScopes.Read, "demo")).GetAsync(Count)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await _api.Client(_api.Token(TokenScopes.Write, "open")).GetAsync(Count)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await _api.Client("sth_" + new string('A', 43)).GetAsync(Count)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_tenant_that_is_not_public_is_like_one_that_does_not_exist()
    {
        var bodies = new List<string>();
        foreach (var tenant in (string[])["demo", "nobody", "Not-A-Tenant"])
        {
            var answer = await _api.Anonymous().GetAsync($"/api/v1/tenants/{tenant}/count");
            bodies.Add($"{(int)answer.StatusCode} {answer.Headers} {await answer.Content.ReadAsStringAsync()}");
        }

        bodies.Distinct().Should().ContainSingle().Which.Should().StartWith("401 ");
    }

    [Fact]
    public async Task What_is_wrong_is_told_and_not_kept()
    {
        var answer = await _api.Anonymous().GetAsync(Count + "?from=yesterday");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        answer.Headers.CacheControl.Should().BeNull();
    }

    private void Change(Func<Tenant, Tenant> change) => _api.Store.TryChange(change(_api.Store.Find(TenantId.Parse("open"))!)).Should().BeTrue();
}
