using System.Net;
using StatHub.Core.Tokens;
using StatHub.Server.Tokens;

namespace StatHub.Tests.Server.Tokens;

public sealed class TokenAttemptsTests : IDisposable
{
    private const string Attacker = "203.0.113.7";

    private readonly LimitedApi _api = new(("WrongTokensPerMinute", "3"));

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Wrong_tokens_of_an_address_are_slowed_before_they_are_looked_at()
    {
        (await _api.AskAsync(4, Attacker, TokenSecret.Create())).Should().Equal(401, 401, 401, 429);
        var answer = await _api.AskAsync(Attacker, _api.Api.Token(TokenScopes.Admin));

        answer.StatusCode.Should().Be(HttpStatusCode.TooManyRequests, "a token that is right cannot be told from a wrong one");
        answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(20));
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/too-many-attempts");
    }

    [Fact]
    public async Task One_more_is_looked_at_whenever_the_wait_is_over()
    {
        await _api.AskAsync(4, Attacker, TokenSecret.Create());
        _api.Api.Time.Now += TimeSpan.FromSeconds(19.5);
        (await _api.AskAsync(Attacker, TokenSecret.Create())).Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));

        _api.Api.Time.Now += TimeSpan.FromSeconds(0.5);
        (await _api.AskAsync(2, Attacker, TokenSecret.Create())).Should().Equal(401, 429);
        _api.Api.Time.Now += TimeSpan.FromSeconds(20);
        (await _api.AskAsync(5, Attacker, _api.Api.Token(TokenScopes.Admin))).Should().AllBeEquivalentTo(200);
    }

    [Fact]
    public async Task Who_was_in_stays_in_behind_an_address_that_many_share()
    {
        var token = _api.Api.Token(TokenScopes.Read, "demo");
        await _api.AskAsync(Attacker, token);

        await _api.AskAsync(10, Attacker, TokenSecret.Create());

        (await _api.AskAsync(Attacker, token)).StatusCode.Should().Be(HttpStatusCode.OK);
        _api.Api.Time.Now += TimeSpan.FromHours(25);
        await _api.AskAsync(10, Attacker, TokenSecret.Create());
        (await _api.AskAsync(Attacker, token)).StatusCode.Should().Be(HttpStatusCode.TooManyRequests, "that was long ago");
    }

    [Theory]
    [InlineData("203.0.113.8", 200)]
    [InlineData("2001:db8:1:2::8", 200)]
    [InlineData("2001:db8:1:3::7", 429)]
    public async Task Others_are_not_slowed_but_those_of_the_same_64(string other, int status)
    {
        await _api.AskAsync(4, Attacker, TokenSecret.Create());
        await _api.AskAsync(4, "2001:db8:1:3::8", TokenSecret.Create());

        (await _api.AskAsync(1, other, _api.Api.Token(TokenScopes.Admin))).Should().Equal(status);
    }

    [Fact]
    public async Task What_is_no_guess_is_no_attempt()
    {
        var ended = TokenSecret.Create();
        _api.Api.Store.Create("ended", null, TokenScopes.Read, TokenSecret.Hash(ended), StatHubApi.Noon);

        (await _api.AskAsync(5, Attacker, null)).Should().AllBeEquivalentTo(401);
        (await _api.AskAsync(5, Attacker, ended)).Should().AllBeEquivalentTo(401);
        (await _api.AskAsync(5, Attacker, _api.Api.Token(TokenScopes.Write))).Should().AllBeEquivalentTo(403);
        (await _api.AskAsync(1, Attacker, _api.Api.Token(TokenScopes.Read))).Should().Equal(200);
    }

    [Fact]
    public async Task A_text_that_cannot_be_a_token_is_an_attempt() =>
        (await _api.AskAsync(4, Attacker, "guess")).Should().Equal(401, 401, 401, 429);

    [Fact]
    public async Task Routes_for_everybody_look_at_no_token()
    {
        await _api.AskAsync(4, Attacker, TokenSecret.Create());

        (await _api.AskAsync(5, Attacker, TokenSecret.Create(), "/healthz")).Should().AllBeEquivalentTo(200);
    }

    [Fact]
    public async Task This_machine_is_not_slowed() => (await _api.AskAsync(20, "127.0.0.1", TokenSecret.Create())).Should().AllBeEquivalentTo(401);

    [Fact]
    public async Task Every_refusal_is_counted_and_in_the_log_without_secret_and_address()
    {
        var (wrong, narrow) = (TokenSecret.Create(), _api.Api.Token(TokenScopes.Write, "demo"));
        await _api.AskAsync(4, Attacker, wrong);
        await _api.AskAsync("198.51.100.9", null);
        await _api.AskAsync("198.51.100.9", narrow);
        await _api.AskAsync("198.51.100.9", narrow, "/api/v1/tenants/nobody/count");

        var metrics = await _api.Api.Anonymous().GetStringAsync("/metrics");
        var log = await _api.LogAsync("unknown_tenant");

        metrics.Should().Contain("# TYPE stathub_access_refused_total counter\n")
            .And.Contain("stathub_access_refused_total{reason=\"bad_token\"} 3\n").And.Contain("stathub_access_refused_total{reason=\"too_many_attempts\"} 1\n")
            .And.Contain("stathub_access_refused_total{reason=\"no_token\"} 1\n").And.Contain("stathub_access_refused_total{reason=\"missing_scope\"} 1\n")
            .And.Contain("stathub_access_refused_total{reason=\"unknown_tenant\"} 1\n").And.Contain("stathub_access_refused_total{reason=\"expired_token\"} 0\n");
        const string route = "/api/v1/tenants/{tenant}/count refused to ";
        log.Should().Contain(route + "203.0.113.0: bad_token, token none").And.Contain(route + "203.0.113.0: too_many_attempts, token none")
            .And.Contain(route + "198.51.100.0: no_token, token none").And.Contain(route + "198.51.100.0: missing_scope, token test")
            .And.Contain(route + "198.51.100.0: unknown_tenant, token test");
        log.Should().NotContain(wrong).And.NotContain(narrow).And.NotContain("sth_").And.NotContain(Attacker).And.NotContain("198.51.100.9").And.NotContain("nobody");
    }
}
