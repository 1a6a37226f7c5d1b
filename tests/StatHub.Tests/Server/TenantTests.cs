using System.Net;
using System.Net.Http.Json;
using System.Text;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class TenantTests : IClassFixture<StatHubApi>
{
    private readonly StatHubApi _api;

    public TenantTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    [Fact]
    public async Task A_tenant_is_registered_once()
    {
        var client = _api.Client();

        var first = await client.PostAsJsonAsync("/api/v1/tenants", new { id = "shop", name = "The Shop", retentionDays = 30 });
        var second = await client.PostAsJsonAsync("/api/v1/tenants", new { id = "shop" });

        first.StatusCode.Should().Be(HttpStatusCode.Created);
        first.Headers.Location!.ToString().Should().Be("/api/v1/tenants/shop");
        (await first.Content.ReadAsStringAsync()).Should().Be("""{"id":"shop","name":"The Shop","retentionDays":30,"createdAt":"2026-03-01T12:00:30Z"}""");
        second.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await StatHubApi.JsonAsync(second)).GetProperty("type").GetString().Should().Be("/problems/tenant-exists");
    }

    [Fact]
    public async Task A_name_is_the_id_unless_there_is_one()
    {
        await _api.Client().PostAsJsonAsync("/api/v1/tenants", new { id = "shop" });

        (await _api.Client().GetStringAsync("/api/v1/tenants")).Should().Contain("""{"id":"shop","name":"shop","createdAt":"2026-03-01T12:00:30Z"}""");
    }

    [Theory]
    [InlineData("{}", "id")]
    [InlineData("""{"id":"Shop"}""", "id")]
    [InlineData("""{"id":"a-b"}""", "id")]
    [InlineData("""{"id":"012345678901234567890123456789012"}""", "id")]
    [InlineData("""{"id":"shop","name":""}""", "name")]
    [InlineData("""{"id":"shop","retentionDays":0}""", "retentionDays")]
    [InlineData("""{"id":"shop","retentionDays":36501}""", "retentionDays")]
    [InlineData("""{"id":"shop","retentionDays":1,"rollupMonths":0}""", "rollupMonths")]
    [InlineData("""{"id":"shop","retentionDays":1,"rollupMonths":1201}""", "rollupMonths")]
    [InlineData("""{"id":"shop","rollupMonths":12}""", "rollupMonths")]
    [InlineData("""{"id":"shop","keyLimit":0}""", "keyLimit")]
    [InlineData("""{"id":"shop","keyLimit":10000001}""", "keyLimit")]
    [InlineData("""{"id":"shop","hitsPerDay":0}""", "hitsPerDay")]
    [InlineData("""{"id":"shop","publicRead":"yes"}""", "body")]
    [InlineData("""{"id":"shop","corsOrigins":["shop.example"]}""", "corsOrigins")]
    [InlineData("""{"id":"shop","corsOrigins":[null]}""", "corsOrigins")]
    [InlineData("""{"id":"shop","corsOrigins":["*"]}""", "corsOrigins")]
    [InlineData("""{"id":"shop","retention":3}""", "body")]
    [InlineData("""{"id":5}""", "body")]
    [InlineData("""{"id":"shop" """, "body")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    [InlineData("", "body")]
    public async Task A_bad_tenant_is_refused(string body, string argument)
    {
        var answer = await _api.Client().PostAsync("/api/v1/tenants", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
        _api.Store.Find(TenantId.Parse("shop")).Should().BeNull();
    }

    [Fact]
    public async Task What_a_change_does_not_name_stays_as_it_is()
    {
        await _api.Client().PostAsJsonAsync("/api/v1/tenants", new { id = "shop", name = "The Shop", retentionDays = 30, keyLimit = 7 });

        (await PatchAsync("shop", """{"hitsPerDay":5000000000,"retentionDays":null}""")).Should()
            .Be("""{"id":"shop","name":"The Shop","keyLimit":7,"hitsPerDay":5000000000,"createdAt":"2026-03-01T12:00:30Z"}""");
        (await PatchAsync("shop", """{"name":null}""")).Should().Contain("\"name\":\"shop\"").And.Contain("\"keyLimit\":7");
        (await PatchAsync("shop", "{}")).Should().Contain("\"keyLimit\":7");
    }

    [Theory]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":5}""", "name")]
    [InlineData("""{"retentionDays":"30"}""", "retentionDays")]
    [InlineData("""{"retentionDays":3000000000}""", "retentionDays")]
    [InlineData("""{"retentionDays":1,"rollupMonths":0}""", "rollupMonths")]
    [InlineData("""{"retentionDays":1,"rollupMonths":1201}""", "rollupMonths")]
    [InlineData("""{"retentionDays":1,"rollupMonths":"12"}""", "rollupMonths")]
    [InlineData("""{"keyLimit":1.5}""", "keyLimit")]
    [InlineData("""{"keyLimit":0}""", "keyLimit")]
    [InlineData("""{"hitsPerDay":-1}""", "hitsPerDay")]
    [InlineData("""{"publicRead":"yes"}""", "publicRead")]
    [InlineData("""{"publicRead":1}""", "publicRead")]
    [InlineData("""{"corsOrigins":"https://shop.example"}""", "corsOrigins")]
    [InlineData("""{"corsOrigins":["https://shop.example/"]}""", "corsOrigins")]
    [InlineData("""{"corsOrigins":[7]}""", "corsOrigins")]
    [InlineData("""{"corsOrigins":["*"]}""", "corsOrigins")]
    [InlineData("""{"id":"other"}""", "body")]
    [InlineData("[]", "body")]
    public async Task A_bad_change_is_refused_and_changes_nothing(string body, string argument)
    {
        var before = await _api.Client().GetStringAsync("/api/v1/tenants");
        var answer = await _api.Client().PatchAsync("/api/v1/tenants/demo", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
        (await _api.Client().GetStringAsync("/api/v1/tenants")).Should().Be(before);
    }

    [Fact]
    public async Task Months_of_sums_are_set_and_taken_away()
    {
        var created = await _api.Client().PostAsJsonAsync("/api/v1/tenants", new { id = "shop", retentionDays = 28, rollupMonths = 1 });
        (await created.Content.ReadAsStringAsync()).Should().Be("""{"id":"shop","name":"shop","retentionDays":28,"rollupMonths":1,"createdAt":"2026-03-01T12:00:30Z"}""");

        (await PatchAsync("shop", """{"retentionDays":59,"rollupMonths":2}""")).Should().Contain("\"retentionDays\":59,\"rollupMonths\":2");
        (await PatchAsync("shop", """{"rollupMonths":null}""")).Should().NotContain("rollupMonths");
    }

    [Fact]
    public async Task Who_may_read_a_tenant_is_said_and_taken_back()
    {
        var created = await _api.Client().PostAsJsonAsync("/api/v1/tenants", new { id = "shop", publicRead = true, corsOrigins = (string[])["*"] });
        (await created.Content.ReadAsStringAsync()).Should().Be("""{"id":"shop","name":"shop","createdAt":"2026-03-01T12:00:30Z","publicRead":true,"corsOrigins":["*"]}""");

        (await PatchAsync("shop", """{"publicRead":false,"corsOrigins":["https://shop.example","https://www.shop.example"]}""")).Should()
            .Be("""{"id":"shop","name":"shop","createdAt":"2026-03-01T12:00:30Z","corsOrigins":["https://shop.example","https://www.shop.example"]}""");
        (await PatchAsync("shop", """{"publicRead":true}""")).Should().Contain("\"publicRead\":true,\"corsOrigins\":[\"https://shop.example\"");
        (await PatchAsync("shop", """{"publicRead":null,"corsOrigins":null}""")).Should().NotContain("publicRead").And.NotContain("corsOrigins");
    }

    [Fact]
    public async Task A_tenant_that_every_page_may_ask_stays_public()
    {
        await _api.Client().PostAsJsonAsync("/api/v1/tenants", new { id = "shop", publicRead = true, corsOrigins = (string[])["*"] });

        var answer = await _api.Client().PatchAsync("/api/v1/tenants/shop", new StringContent("""{"publicRead":false}""", Encoding.UTF8, "application/json"));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").GetProperty("corsOrigins")[0].GetString().Should().Contain("publicRead");
    }

    [Theory]
    [InlineData("""{"rollupMonths":2}""", "Sums are not kept shorter than raw hits. 2 months have at least 59 days, and retentionDays is 365.")]
    [InlineData("""{"rollupMonths":12,"retentionDays":366}""", "Sums are not kept shorter than raw hits. 12 months have at least 365 days, and retentionDays is 366.")]
    [InlineData("""{"retentionDays":null}""", "Sums are not kept shorter than raw hits. 12 months have at least 365 days, and retentionDays is null: for ever.")]
    public async Task Sums_are_not_kept_shorter_than_raw_hits(string body, string says)
    {
        await _api.Client().PostAsJsonAsync("/api/v1/tenants", new { id = "shop", retentionDays = 365, rollupMonths = 12 });

        var answer = await _api.Client().PatchAsync("/api/v1/tenants/shop", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").GetProperty("rollupMonths")[0].GetString().Should().Be(says);
        (await _api.Client().GetStringAsync("/api/v1/tenants")).Should().Contain("\"retentionDays\":365,\"rollupMonths\":12");
    }

    [Fact]
    public async Task The_list_says_from_which_day_there_are_sums()
    {
        _api.Store.TryCreate(new Tenant(TenantId.Parse("shop"), "shop", 30, StatHubApi.Noon, RollupMonths: 2) { SumsFrom = new DateOnly(2026, 1, 1) }).Should().BeTrue();

        (await _api.Client().GetStringAsync("/api/v1/tenants")).Should()
            .Contain("""{"id":"shop","name":"shop","retentionDays":30,"rollupMonths":2,"sumsFrom":"2026-01-01","createdAt":""");
    }

    private async Task<string> PatchAsync(string tenant, string body)
    {
        var answer = await _api.Client().PatchAsync($"/api/v1/tenants/{tenant}", new StringContent(body, Encoding.UTF8, "application/json"));
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_tenant_is_told_at_once()
    {
        var answer = await _api.Client().PostAsJsonAsync("/api/v1/tenants?x=1", new { id = "NO", name = new string('n', 201), retentionDays = -1 });

        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name)
            .Should().BeEquivalentTo("x", "id", "name", "retentionDays");
    }

    [Fact]
    public async Task A_body_of_another_type_is_refused()
    {
        var answer = await _api.Client().PostAsync("/api/v1/tenants", new StringContent("id=shop", Encoding.UTF8, "application/x-www-form-urlencoded"));

        answer.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
    }

    [Fact]
    public async Task The_list_shows_what_the_token_sees()
    {
        _api.Register("other");

        (await _api.JsonAsync("/api/v1/tenants")).EnumerateArray().Select(tenant => tenant.GetProperty("id").GetString())
            .Should().Equal("demo", "other");
        var seen = await StatHubApi.JsonAsync(await _api.Client(_api.Token(TokenScopes.Read, "other")).GetAsync("/api/v1/tenants"));
        seen.EnumerateArray().Select(tenant => tenant.GetProperty("id").GetString()).Should().Equal("other");
    }

    [Fact]
    public async Task An_erased_tenant_is_gone_with_its_hits_and_tokens()
    {
        _api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon));
        var theirs = _api.Client(_api.Token(TokenScopes.Read, "demo"));

        (await _api.Client().DeleteAsync("/api/v1/tenants/demo")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        (await _api.Client().GetAsync("/api/v1/tenants/demo/count")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await theirs.GetAsync("/api/v1/tenants/demo/count")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await _api.Client().DeleteAsync("/api/v1/tenants/demo")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Erasing_takes_no_arguments()
    {
        (await _api.Client().DeleteAsync("/api/v1/tenants/demo?from=2026-01-01")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await _api.Client().GetAsync("/api/v1/tenants/demo/count")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Configured_tenants_are_registered_at_start()
    {
        using var api = new StatHubApi { Settings = { ["StatHub:Tenants:Register:0"] = "first", ["StatHub:Tenants:Register:1"] = "demo" } };

        (await api.JsonAsync("/api/v1/tenants")).EnumerateArray().Select(tenant => tenant.GetProperty("id").GetString())
            .Should().Equal("demo", "first");
    }
}
