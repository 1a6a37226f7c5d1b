using System.Net;
using System.Text;
using System.Text.Json;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Tokens;

namespace StatHub.Tests.Server.Tokens;

public sealed class TokenImportTests : IClassFixture<StatHubApi>
{
    private const string Import = "/api/v1/tenants/demo/tokens/import";
    private const string Secret = "an old secret";

    private readonly StatHubApi _api;

    public TokenImportTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    [Theory]
    [InlineData("Token {0}")]
    [InlineData("Token{0}")]
    [InlineData("{0}")]
    [InlineData("Bearer {0}")]
    public async Task An_old_token_is_valid_once_it_is_imported(string header)
    {
        var token = AccessJson.TokenOf("website", Secret);
        (await AskAsync(header, token)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);

        var report = await ImportAsync(AccessJson.File(AccessJson.User("u-1", "website", (token, Secret))));

        Counts(report).Should().Be((1, 0, 0));
        (await AskAsync(header, token)).StatusCode.Should().Be(HttpStatusCode.OK);
        var kept = _api.Store.List(TenantId.Parse("demo")).Single();
        kept.Should().BeEquivalentTo(new { Name = "The Website", Scopes = TokenScopes.Read | TokenScopes.Write, ExpiresAt = (DateTimeOffset?)null });
        report.GetProperty("tokens")[0].GetRawText().Should().Be($$"""{"user":"website","number":1,"outcome":"imported","id":{{kept.Id}}}""");
    }

    [Fact]
    public async Task Every_length_of_padding_is_kept()
    {
        var tokens = Enumerable.Range(1, 3).Select(length => AccessJson.TokenOf("website", Secret, new string('s', length))).ToList();
        tokens.Select(token => token.Count(character => character == '=')).Should().BeEquivalentTo([0, 1, 2]);

        Counts(await ImportAsync(AccessJson.File(AccessJson.User(1, "website", [.. tokens.Select(token => (token, Secret))])))).Should().Be((3, 0, 0));

        foreach (var token in tokens)
            (await AskAsync("Token {0}", token)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_identity_may_be_the_username_or_the_id()
    {
        Counts(await ImportAsync(AccessJson.File(
            AccessJson.User("u-1", "website", (AccessJson.TokenOf("u-1", Secret), Secret)),
            AccessJson.User(17, null, (AccessJson.TokenOf("17", Secret), Secret))))).Should().Be((2, 0, 0));
    }

    [Fact]
    public async Task What_is_not_as_it_should_be_is_refused_with_the_reason_and_without_a_secret()
    {
        var good = AccessJson.TokenOf("website", Secret);
        var forged = good[..10] + (good[10] == 'A' ? 'B' : 'A') + good[11..];
        string[] bad =
        [
            AccessJson.TokenOf("website", "another secret"), forged, AccessJson.TokenOf("somebody", Secret), AccessJson.TokenOf("statsbob", Secret),
            AccessJson.Token("[1]", Secret), AccessJson.Token("""{"identity":7}""", Secret), AccessJson.Token("no json", Secret), "short", new string('A', 40), "",
            good + "=",
        ];

        var report = await ImportAsync(AccessJson.File(
            AccessJson.User("u-1", "website", [(good, Secret), .. bad.Select(token => (token, Secret))]), AccessJson.User(null, "statsbob", (bad[3], Secret))));

        Counts(report).Should().Be((1, 0, bad.Length + 1));
        var why = report.GetProperty("tokens").EnumerateArray().Select(one => one.TryGetProperty("why", out var text) ? text.GetString()! : "").ToList();
        why[0].Should().BeEmpty();
        why[1].Should().Contain("signature");
        why[2].Should().Contain("signature");
        why[3].Should().Contain("identity");
        why[4].Should().Contain("published");
        why[^1].Should().Contain("published");
        foreach (var token in bad.Where(token => token.Length > 0))
        {
            report.GetRawText().Should().NotContain(token);
            (await AskAsync("Token {0}", token)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }
        report.GetRawText().Should().NotContain(Secret).And.NotContain(good);
    }

    [Fact]
    public async Task What_is_there_already_stays_as_it_is()
    {
        var token = AccessJson.TokenOf("website", Secret);
        var file = AccessJson.File(AccessJson.User(1, "website", (token, Secret), (token, Secret)));
        Counts(await ImportAsync(file)).Should().Be((1, 1, 0), "the second is the first");
        var kept = _api.Store.List(TenantId.Parse("demo"));

        Counts(await ImportAsync(file, "?scopes=admin")).Should().Be((0, 2, 0));

        _api.Store.List(TenantId.Parse("demo")).Should().Equal(kept);
    }

    [Fact]
    public async Task A_token_of_another_tenant_is_not_taken_over()
    {
        _api.Register("other");
        var token = AccessJson.TokenOf("website", Secret);
        _api.Store.Create("theirs", TenantId.Parse("other"), TokenScopes.Read, TokenSecret.Hash(token));

        var report = await ImportAsync(AccessJson.File(AccessJson.User(1, "website", (token, Secret))));

        Counts(report).Should().Be((0, 0, 1));
        report.GetRawText().Should().NotContain("\"id\"");
        (await AskAsync("Token {0}", token)).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Scopes_are_those_that_were_said()
    {
        await ImportAsync(AccessJson.File(AccessJson.User(1, "website", (AccessJson.TokenOf("website", Secret), Secret))), "?scopes=write");

        _api.Store.List(TenantId.Parse("demo")).Single().Scopes.Should().Be(TokenScopes.Write);
    }

    [Theory]
    [InlineData("[]", "?scopes=root", "scopes")]
    [InlineData("[]", "?scopes=", "scopes")]
    [InlineData("{}", "", "body")]
    [InlineData("""[{"tokens":{}}]""", "", "body")]
    public async Task What_is_no_file_of_tokens_is_refused(string file, string query, string argument)
    {
        var answer = await PostAsync(file, query);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("""[{"id":{},"tokens":null}]""")]
    public async Task A_file_without_a_token_imports_none(string file) => Counts(await ImportAsync(file)).Should().Be((0, 0, 0));

    [Theory]
    [InlineData("""[{"tokens":[null]}]""")]
    [InlineData("""[{"username":"x","tokens":[{"access_token":"x"}]}]""")]
    public async Task A_token_without_its_secret_is_refused(string file) => Counts(await ImportAsync(file)).Should().Be((0, 0, 1));

    private static (int, int, int) Counts(JsonElement report) =>
        (report.GetProperty("imported").GetInt32(), report.GetProperty("known").GetInt32(), report.GetProperty("refused").GetInt32());

    private async Task<JsonElement> ImportAsync(string file, string query = "")
    {
        var answer = await PostAsync(file, query);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await StatHubApi.JsonAsync(answer);
    }

    private Task<HttpResponseMessage> PostAsync(string file, string query) => _api.Client(_api.Token(TokenScopes.Admin))
        .PostAsync(Import + query, new StringContent(file, Encoding.UTF8, "application/json"));

    private async Task<HttpResponseMessage> AskAsync(string header, string token)
    {
        using var client = _api.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", string.Format(null, header, token));
        return await client.GetAsync("/api/v1/tenants/demo/count");
    }
}
