using System.Net;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class LedgerTests : IClassFixture<StatHubApi>
{
    private readonly StatHubApi _api;

    public LedgerTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
        _api.Register("other");
        _api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon),
            JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=x"),
            JournalLine.Of("other", "home", StatHubApi.Noon),
            JournalLine.Of("nobody", "home", StatHubApi.Noon),
            "{");
    }

    [Fact]
    public async Task Every_line_is_accounted_for()
    {
        _api.Journal.Write("1234");

        (await _api.Client().GetStringAsync("/api/v1/ledger")).Should().Be(
            """{"from":"2026-03-01T00:00:00Z","to":null,"lines":5,"counted":2,"rejected":{"malformed":1,"bad_value":1,"unknown_tenant":1},"pendingBytes":5,"asOf":"2026-03-01T12:00:30Z"}""");
    }

    [Fact]
    public async Task A_tenant_has_its_own_account()
    {
        var answer = await StatHubApi.JsonAsync(await _api.Client(_api.Token(TokenScopes.Read, "demo")).GetAsync("/api/v1/ledger?tenant=demo"));

        answer.GetProperty("lines").GetInt64().Should().Be(2);
        answer.GetProperty("counted").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task The_range_is_of_commit_times()
    {
        var answer = await _api.JsonAsync("/api/v1/ledger?from=2026-02-01&to=2026-03-01");

        answer.GetProperty("lines").GetInt64().Should().Be(0);
        answer.GetProperty("rejected").EnumerateObject().Should().BeEmpty();
    }

    [Theory]
    [InlineData("other")]
    [InlineData("nobody")]
    [InlineData("")]
    public async Task The_account_of_a_tenant_that_is_not_seen_does_not_exist(string tenant) =>
        (await _api.Client(_api.Token(TokenScopes.Read, "demo")).GetAsync($"/api/v1/ledger?tenant={tenant}")).StatusCode.Should().Be(HttpStatusCode.NotFound);

    [Theory]
    [InlineData(TokenScopes.Admin, "demo")]
    [InlineData(TokenScopes.Read, null)]
    public async Task The_whole_account_is_for_the_admin(TokenScopes scopes, string? tenant) =>
        (await _api.Client(_api.Token(scopes, tenant)).GetAsync("/api/v1/ledger")).StatusCode.Should().Be(HttpStatusCode.Forbidden);

    [Fact]
    public async Task Refused_lines_are_shown_with_their_place()
    {
        (await _api.Client().GetStringAsync("/api/v1/ledger/rejected?reason=malformed")).Should().Be(
            """[{"reason":"malformed","committedAt":"2026-03-01T12:00:30Z","file":"hits.log","offset":0,"line":"{"}]""");
        (await _api.JsonAsync("/api/v1/ledger/rejected")).GetArrayLength().Should().Be(3);
        (await _api.JsonAsync("/api/v1/ledger/rejected?limit=2")).GetArrayLength().Should().Be(2);
    }

    [Theory]
    [InlineData("/api/v1/ledger?from=x", "from")]
    [InlineData("/api/v1/ledger?fresh=true", "fresh")]
    [InlineData("/api/v1/ledger/rejected?reason=counted", "reason")]
    [InlineData("/api/v1/ledger/rejected?limit=1001", "limit")]
    public async Task Bad_arguments_are_told(string path, string argument)
    {
        var answer = await _api.Client().GetAsync(path);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
    }

    [Fact]
    public async Task Reopen_says_what_was_cut()
    {
        _api.Journal.Write(JournalLine.Of("demo", "home", StatHubApi.Noon));

        var answer = await StatHubApi.JsonAsync(await _api.Client().PostAsync("/api/v1/nginx/reopen", null));

        answer.GetProperty("file").GetString().Should().Be("hits-2026-03-01-10-00.log");
        answer.GetProperty("signalled").GetBoolean().Should().BeTrue();
        (await (await _api.Client().PostAsync("/api/v1/nginx/reopen", null)).Content.ReadAsStringAsync()).Should().Be(
            """{"file":null,"bytes":0,"signalled":false,"detail":"The live file is empty."}""");
    }

    [Fact]
    public async Task Reopen_says_when_nginx_cannot_be_signalled()
    {
        _api.Journal.SignalFailure = "The process 42 of nginx.pid is not nginx.";

        var answer = await _api.Client().PostAsync("/api/v1/nginx/reopen", null);

        answer.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        var problem = await StatHubApi.JsonAsync(answer);
        problem.GetProperty("type").GetString().Should().Be("/problems/nginx-not-signalled");
        problem.GetProperty("detail").GetString().Should().Be("The process 42 of nginx.pid is not nginx.");
    }

    [Fact]
    public async Task Reopen_takes_no_arguments() =>
        (await _api.Client().PostAsync("/api/v1/nginx/reopen?signal=KILL", null)).StatusCode.Should().Be(HttpStatusCode.BadRequest);
}
