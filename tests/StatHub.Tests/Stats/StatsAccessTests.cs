using System.Net;
using System.Net.Http.Headers;
using StatHub.Core.Tokens;
using StatHub.Server.Stats;
using static StatHub.Tests.Stats.StatsApi;

namespace StatHub.Tests.Stats;

public sealed class StatsAccessTests
{
    private const string Update = """{"dims":{"country":"es"},"counters":{"k":1}}""";

    [Fact]
    public async Task Without_a_token_stats_are_refused_in_words_that_clients_read()
    {
        using var stats = new StatsApi();
        stats.Register("demo");
        foreach (var (method, path) in ((string, string)[])[("POST", "/stats/a"), ("GET", "/stats/a"), ("GET", "/stats"), ("DELETE", "/stats?containing=k"), ("GET", "/stats/stream/a/*/counter/k")])
        {
            using var answer = await stats.Anonymous().SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

            answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().Should().Be("Bearer realm=\"StatHub\"");
            (await answer.Content.ReadAsStringAsync()).Should().Be("""{"succeeded":false,"error":"A token is needed. Send \u0027Authorization: Bearer \u003Ctoken\u003E\u0027 with a token that is valid."}""");
        }
    }

    [Fact]
    public async Task A_token_needs_the_scope()
    {
        using var stats = new StatsApi();
        var (reader, writer) = (stats.Client(TokenScopes.Read), stats.Client(TokenScopes.Write));

        var refused = await PostAsync(reader, "/stats/a", Update);
        refused.Status.Should().Be(HttpStatusCode.Forbidden);
        refused.Body.Should().StartWith("""{"succeeded":false,"error":"The token may not do this.""");
        (await PostAsync(writer, "/stats/a", Update)).Status.Should().Be(HttpStatusCode.OK);
        (await writer.GetAsync("/stats/country")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await reader.GetAsync("/stats/country")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_tenant_is_that_of_the_token()
    {
        using var stats = new StatsApi();
        var (demo, other) = (stats.Client(), stats.Client(tenant: "other"));
        await PostAsync(demo, "/stats/a", Update);

        (await other.GetStringAsync("/stats/")).Should().Be("""{"succeeded":true,"error":"","dims":{}}""");
        (await other.GetAsync("/stats/?tenant=demo")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await demo.GetStringAsync("/stats/?tenant=demo&_=123")).Should().Contain("\"k\":1");
    }

    [Fact]
    public async Task A_token_for_all_tenants_names_one()
    {
        using var stats = new StatsApi();
        stats.Register("demo");
        var admin = stats.Admin();

        var (status, body) = await PostAsync(admin, "/stats/a", Update);
        (status, body).Should().Be((HttpStatusCode.BadRequest, """{"succeeded":false,"error":"The token is for all tenants: name one with ?tenant=, or send a token of the tenant."}"""));
        (await PostAsync(admin, "/stats/a?tenant=demo", Update)).Status.Should().Be(HttpStatusCode.OK);
        (await PostAsync(admin, "/stats/a?tenant=nobody", Update)).Should().Be((HttpStatusCode.NotFound, """{"succeeded":false,"error":"There is no such tenant."}"""));
    }

    [Fact]
    public async Task Requests_without_a_token_act_for_the_tenant_that_is_set()
    {
        using var stats = StatsApi.With(("AnonymousTenant", "demo"));
        stats.Register("demo");
        var anonymous = stats.Anonymous();

        (await PostAsync(anonymous, "/stats/a", Update)).Status.Should().Be(HttpStatusCode.OK);
        (await anonymous.GetStringAsync("/stats/country")).Should().Contain("\"k\":1");
        (await anonymous.DeleteAsync("/stats?containing=k")).StatusCode.Should().Be(HttpStatusCode.Unauthorized, "nobody removes without a token");
        (await stats.Client(tenant: "other").GetStringAsync("/stats/")).Should().NotContain("\"k\":1", "who has a token is who it says");
        anonymous.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sth_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        (await PostAsync(anonymous, "/stats/a", Update)).Status.Should().Be(HttpStatusCode.Unauthorized, "a bad token is not none");
    }

    [Fact]
    public async Task An_anonymous_tenant_that_does_not_exist_is_told()
    {
        using var stats = StatsApi.With(("AnonymousTenant", "gone"));

        (await PostAsync(stats.Anonymous(), "/stats/a", Update)).Should().Be((HttpStatusCode.NotFound, """{"succeeded":false,"error":"There is no such tenant."}"""));
    }

    [Fact]
    public void All_mistakes_in_the_settings_are_told()
    {
        var options = new StatsOptions { AnonymousTenant = "Not A Tenant", GaugeBucket = TimeSpan.FromSeconds(0.5), StreamInterval = TimeSpan.Zero, ValueLimit = 0, ArchivePeriod = TimeSpan.FromDays(2) };
        options.Archive["country"] = TimeSpan.Zero;

        new StatsOptionsValidator().Validate(null, options).Failures!.Select(failure => failure.Split(' ')[0]).Should().Equal(
            "StatHub:Stats:AnonymousTenant", "StatHub:Stats:GaugeBucket", "StatHub:Stats:StreamInterval", "StatHub:Stats:IdLimit,", "StatHub:Stats:ArchivePeriod", "StatHub:Stats:Archive:country");
        new StatsOptionsValidator().Validate(null, new StatsOptions()).Succeeded.Should().BeTrue();
    }
}
