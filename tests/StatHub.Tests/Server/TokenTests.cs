using System.Net;
using System.Net.Http.Json;
using System.Text;
using StatHub.Core.Tokens;
using StatHub.Server.Tokens;

namespace StatHub.Tests.Server;

public sealed class TokenTests : IClassFixture<StatHubApi>
{
    private const string Tokens = "/api/v1/tenants/demo/tokens";

    private readonly StatHubApi _api;

    public TokenTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    [Fact]
    public async Task A_token_is_shown_once_and_works()
    {
        var made = await _api.Client().PostAsJsonAsync(Tokens, new { name = "website", scopes = (string[])["read"] });
        var token = await StatHubApi.JsonAsync(made);
        var secret = token.GetProperty("token").GetString()!;

        made.StatusCode.Should().Be(HttpStatusCode.Created);
        made.Headers.CacheControl!.NoStore.Should().BeTrue();
        secret.Should().MatchRegex("^sth_[A-Za-z0-9_-]{43}$");
        (await _api.Client(secret).GetAsync("/api/v1/tenants/demo/count")).StatusCode.Should().Be(HttpStatusCode.OK);
        var list = await _api.Client().GetStringAsync(Tokens);
        list.Should().Contain("\"website\"").And.NotContain(secret).And.NotContain("\"token\"");
    }

    [Fact]
    public async Task A_revoked_token_is_not_valid_any_more()
    {
        var token = await StatHubApi.JsonAsync(await _api.Client().PostAsJsonAsync(Tokens, new { name = "website", scopes = (string[])["read"] }));
        var theirs = _api.Client(token.GetProperty("token").GetString());
        var id = token.GetProperty("id").GetInt64();
        (await theirs.GetAsync("/api/v1/tenants")).StatusCode.Should().Be(HttpStatusCode.OK);

        (await _api.Client().DeleteAsync($"{Tokens}/{id}")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        (await theirs.GetAsync("/api/v1/tenants")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var again = await _api.Client().DeleteAsync($"{Tokens}/{id}");
        again.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await StatHubApi.JsonAsync(again)).GetProperty("type").GetString().Should().Be("/problems/unknown-token");
    }

    [Fact]
    public async Task A_tenants_admin_manages_its_own_tokens_only()
    {
        _api.Register("other");
        var admin = _api.Client(_api.Token(TokenScopes.Admin, "demo"));

        (await admin.PostAsJsonAsync(Tokens, new { name = "mine", scopes = (string[])["read", "write"] })).StatusCode.Should().Be(HttpStatusCode.Created);
        (await admin.GetAsync("/api/v1/tenants/other/tokens")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await _api.Client(_api.Token(TokenScopes.Read, "demo")).GetAsync(Tokens)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_token_of_one_tenant_cannot_be_revoked_through_another()
    {
        _api.Register("other");
        var token = await StatHubApi.JsonAsync(await _api.Client().PostAsJsonAsync("/api/v1/tenants/other/tokens", new { name = "x", scopes = (string[])["read"] }));

        (await _api.Client(_api.Token(TokenScopes.Admin, "demo")).DeleteAsync($"{Tokens}/{token.GetProperty("id").GetInt64()}"))
            .StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await _api.Client(token.GetProperty("token").GetString()).GetAsync("/api/v1/tenants/other/count")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_for_all_tenants_sees_all_tenants()
    {
        var made = await StatHubApi.JsonAsync(await _api.Client().PostAsJsonAsync("/api/v1/tokens", new { name = "dashboard", scopes = (string[])["read"] }));
        var client = _api.Client(made.GetProperty("token").GetString());

        (await client.GetAsync("/api/v1/tenants/demo/count")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await client.GetAsync("/api/v1/tokens")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await _api.Client().GetStringAsync("/api/v1/tokens")).Should().Contain("\"dashboard\"");
        (await _api.Client().DeleteAsync($"/api/v1/tokens/{made.GetProperty("id").GetInt64()}")).StatusCode.Should().Be(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("""{"scopes":["read"]}""", "name")]
    [InlineData("""{"name":"","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"x"}""", "scopes")]
    [InlineData("""{"name":"x","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":["root"]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":[null]}""", "scopes")]
    [InlineData("""{"name":"x","scopes":"read"}""", "body")]
    public async Task A_bad_token_is_refused(string body, string argument)
    {
        var answer = await _api.Client().PostAsync(Tokens, new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"name":"a\u001b[31m","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"x","scopes":["read"],"expiresInDays":0}""", "expiresInDays")]
    [InlineData("""{"name":"x","scopes":["read"],"expiresInDays":36501}""", "expiresInDays")]
    [InlineData("""{"name":"x","scopes":["read"],"expiresAt":"2026-03-01T12:00:30Z"}""", "expiresAt")]
    [InlineData("""{"name":"x","scopes":["read"],"expiresAt":"tomorrow"}""", "body")]
    [InlineData("""{"name":"x","scopes":["read"],"expiresAt":"2026-04-01T00:00:00Z","expiresInDays":1}""", "expiresAt")]
    public async Task A_token_with_a_bad_name_or_end_is_refused(string body, string argument) => await A_bad_token_is_refused(body, argument);

    [Theory]
    [InlineData(""" "expiresInDays":2 """, "2026-03-03T12:00:30Z")]
    [InlineData(""" "expiresAt":"2026-03-03T13:00:30+01:00" """, "2026-03-03T12:00:30Z")]
    public async Task A_token_ends_when_it_was_to(string expiry, string ends)
    {
        var token = await StatHubApi.JsonAsync(await _api.Client().PostAsync(
            Tokens, new StringContent($$"""{"name":"x","scopes":["read"],{{expiry}}}""", Encoding.UTF8, "application/json")));
        token.GetProperty("expiresAt").GetString().Should().Be(ends);
        var theirs = _api.Client(token.GetProperty("token").GetString());

        _api.Time.Now = DateTimeOffset.Parse(ends, null).AddMilliseconds(-1);
        (await theirs.GetAsync("/api/v1/tenants/demo/count")).StatusCode.Should().Be(HttpStatusCode.OK);
        _api.Time.Now = DateTimeOffset.Parse(ends, null);
        var answer = await theirs.GetAsync("/api/v1/tenants/demo/count");

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/expired-token");
        (await theirs.GetAsync("/api/v1/tenants/nobody/count")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_list_tells_when_a_token_was_used_last()
    {
        var token = await StatHubApi.JsonAsync(await _api.Client().PostAsJsonAsync(Tokens, new { name = "website", scopes = (string[])["read"] }));
        (await _api.Client().GetStringAsync(Tokens)).Should().NotContain("lastUsedAt");
        _api.Time.Now = StatHubApi.Noon.AddHours(3);

        await _api.Client(token.GetProperty("token").GetString()).GetAsync("/api/v1/tenants/other/count");

        (await _api.Client().GetStringAsync(Tokens)).Should().Contain("\"createdAt\":\"2026-03-01T12:00:30Z\",\"lastUsedAt\":\"2026-03-01T15:00:30Z\"");
    }

    [Fact]
    public async Task Both_secrets_are_valid_until_the_overlap_of_a_rotation_ends()
    {
        var old = await StatHubApi.JsonAsync(await _api.Client().PostAsJsonAsync(Tokens, new { name = "website", scopes = (string[])["read"], expiresInDays = 30 }));
        _api.Time.Now = StatHubApi.Noon.AddDays(10);

        var made = await _api.Client().PostAsJsonAsync($"{Tokens}/{old.GetProperty("id")}/rotate", new { overlapHours = 24 });

        made.StatusCode.Should().Be(HttpStatusCode.Created);
        made.Headers.CacheControl!.NoStore.Should().BeTrue();
        var next = await StatHubApi.JsonAsync(made);
        made.Headers.Location!.ToString().Should().Be($"{Tokens}/{next.GetProperty("id")}");
        next.GetProperty("name").GetString().Should().Be("website");
        next.GetProperty("expiresAt").GetDateTimeOffset().Should().Be(StatHubApi.Noon.AddDays(40));
        (await StatusAsync(old)).Should().Be(HttpStatusCode.OK);
        (await StatusAsync(next)).Should().Be(HttpStatusCode.OK);

        _api.Time.Now = StatHubApi.Noon.AddDays(11);
        (await StatusAsync(old)).Should().Be(HttpStatusCode.Unauthorized);
        (await StatusAsync(next)).Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.Created)]
    [InlineData("""{"overlapHours":0}""", HttpStatusCode.Created)]
    [InlineData("""{"overlapHours":720}""", HttpStatusCode.Created)]
    [InlineData("""{"overlapHours":721}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"overlapHours":-1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"overlap":1}""", HttpStatusCode.BadRequest)]
    public async Task An_overlap_has_0_to_720_hours(string body, HttpStatusCode status)
    {
        var token = await StatHubApi.JsonAsync(await _api.Client().PostAsJsonAsync(Tokens, new { name = "website", scopes = (string[])["read"] }));

        (await _api.Client().PostAsync($"{Tokens}/{token.GetProperty("id")}/rotate", new StringContent(body, Encoding.UTF8, "application/json")))
            .StatusCode.Should().Be(status);
        (await StatusAsync(token)).Should().Be(body.Contains(":0", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_of_one_tenant_cannot_be_rotated_through_another()
    {
        _api.Register("other");
        var token = await StatHubApi.JsonAsync(await _api.Client().PostAsJsonAsync("/api/v1/tenants/other/tokens", new { name = "x", scopes = (string[])["read"] }));

        var answer = await _api.Client(_api.Token(TokenScopes.Admin, "demo")).PostAsJsonAsync($"{Tokens}/{token.GetProperty("id")}/rotate", new { });

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/unknown-token");
    }

    [Fact]
    public async Task Tokens_are_stored_as_hashes_of_their_text()
    {
        var secret = _api.Token(TokenScopes.Read);

        _api.Store.Find(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(secret))).Should().NotBeNull();
        (await _api.Client(secret).GetAsync("/api/v1/tenants")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_first_start_writes_an_admin_token_that_only_its_owner_can_read()
    {
        using var api = new StatHubApi();
        _ = api.Client();
        var path = Path.Combine(api.Folder, "admin.token");
        var secret = (await File.ReadAllTextAsync(path)).Trim();

        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await api.Client(secret).GetAsync("/api/v1/tokens")).StatusCode.Should().Be(HttpStatusCode.OK);
        Directory.GetFiles(api.Folder, "admin.token*").Should().ContainSingle();
    }

    [Fact]
    public async Task A_store_that_does_not_know_the_admin_token_takes_it_from_the_file()
    {
        using var api = new StatHubApi();
        var secret = TokenSecret.Create();
        await File.WriteAllTextAsync(Path.Combine(api.Folder, "admin.token"), secret + "\n");

        (await api.Client(secret).GetAsync("/api/v1/tokens")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_admin_token_that_was_rotated_does_not_come_back_with_a_start()
    {
        using var api = new StatHubApi();
        var secret = TokenSecret.Create();
        await File.WriteAllTextAsync(Path.Combine(api.Folder, "admin.token"), secret + "\n");
        var token = api.Store.Create("admin", null, TokenScopes.Admin, TokenSecret.Hash(secret));
        api.Store.Rotate(null, token.Id, TokenSecret.Hash(TokenSecret.Create()), TimeSpan.Zero);

        (await api.Client(secret).GetAsync("/api/v1/tokens")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_admin_token_that_was_revoked_does_not_come_back_with_a_start()
    {
        using var api = new StatHubApi();
        _ = api.Client();
        var path = Path.Combine(api.Folder, "admin.token");
        var secret = (await File.ReadAllTextAsync(path)).Trim();
        var id = api.Store.Find(TokenSecret.Hash(secret))!.Id;
        var other = api.Client(api.Token(TokenScopes.Admin));

        (await other.DeleteAsync($"/api/v1/tokens/{id + 1000}")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        File.Exists(path).Should().BeTrue();
        (await other.DeleteAsync($"/api/v1/tokens/{id}")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        File.Exists(path).Should().BeFalse("a start would take its token again");
        (await api.Client(secret).GetAsync("/api/v1/tokens")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    private async Task<HttpStatusCode> StatusAsync(System.Text.Json.JsonElement token) =>
        (await _api.Client(token.GetProperty("token").GetString()).GetAsync("/api/v1/tenants/demo/count")).StatusCode;
}
