using System.Net;
using Microsoft.Extensions.Options;
using StatHub.Core.Tokens;
using StatHub.Server.Tokens;

namespace StatHub.Tests.Server.Tokens;

public sealed class RequestLimitTests
{
    private const string Client = "203.0.113.7";

    [Fact]
    public async Task An_address_asks_no_more_often_than_it_may()
    {
        using var api = new LimitedApi(("PerAddress", "2"), ("PerAddressBurst", "3"));
        var token = api.Api.Token(TokenScopes.Read);

        (await api.AskAsync(4, Client, token)).Should().Equal(200, 200, 200, 429);
        var answer = await api.AskAsync(Client, api.Api.Token(TokenScopes.Read));

        answer.StatusCode.Should().Be(HttpStatusCode.TooManyRequests, "another token changes nothing");
        answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/too-many-requests");
        (await api.AskAsync(1, "203.0.113.8", token)).Should().Equal(200);
        api.Api.Time.Now += TimeSpan.FromSeconds(1);
        (await api.AskAsync(3, Client, token)).Should().Equal(200, 200, 429);
    }

    [Fact]
    public async Task A_token_asks_no_more_often_than_it_may_from_wherever_it_comes()
    {
        using var api = new LimitedApi(("PerToken", "1"), ("PerTokenBurst", "2"));
        var token = api.Api.Token(TokenScopes.Read);

        (await api.AskAsync(1, "203.0.113.1", token)).Should().Equal(200);
        (await api.AskAsync(1, "203.0.113.2", token)).Should().Equal(200);
        (await api.AskAsync(1, "203.0.113.3", token)).Should().Equal(429);
        (await api.AskAsync(1, "203.0.113.3", api.Api.Token(TokenScopes.Read))).Should().Equal(200);
    }

    [Fact]
    public async Task Requests_without_a_token_and_unknown_addresses_are_limited_too()
    {
        using var api = new LimitedApi(("PerAddress", "1"), ("PerAddressBurst", "2"));

        (await api.AskAsync(3, Client, null)).Should().Equal(401, 401, 429);
        (await api.AskAsync(3, "203.0.113.8", null, "/nothing")).Should().Equal(404, 404, 429);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Health_and_metrics_have_no_limit(string path)
    {
        using var api = new LimitedApi(("PerAddress", "1"), ("PerAddressBurst", "1"));

        (await api.AskAsync(10, Client, null, path)).Should().NotContain(429);
    }

    [Theory]
    [InlineData("PerAddress")]
    [InlineData("PerToken")]
    public async Task Zero_is_no_limit(string limit)
    {
        using var api = new LimitedApi((limit, "0"), (limit + "Burst", "1"));

        (await api.AskAsync(20, Client, api.Api.Token(TokenScopes.Read))).Should().AllBeEquivalentTo(200);
    }

    [Fact]
    public async Task This_machine_has_no_limit_unless_the_setting_says_so()
    {
        (string, string)[] limits = [("PerAddress", "1"), ("PerAddressBurst", "1"), ("PerToken", "1"), ("PerTokenBurst", "1")];
        using var usual = new LimitedApi(limits);
        using var strict = new LimitedApi([.. limits, ("Exempt", "198.51.100.0/24")]);

        (await usual.AskAsync(10, "127.0.0.1", usual.Api.Token(TokenScopes.Read))).Should().AllBeEquivalentTo(200);
        (await strict.AskAsync(2, "127.0.0.1", strict.Api.Token(TokenScopes.Read))).Should().Equal(200, 429);
        (await strict.AskAsync(10, "198.51.100.7", strict.Api.Token(TokenScopes.Read))).Should().AllBeEquivalentTo(200);
    }

    [Fact]
    public void All_bad_limits_are_told_at_once()
    {
        var options = new LimitOptions { PerAddress = -1, PerAddressBurst = 0, PerToken = -1, PerTokenBurst = 0, WrongTokensPerMinute = -1, Exempt = "everybody" };

        var mistakes = new LimitOptionsValidator().Validate(null, options).Failures!.ToList();

        mistakes.Should().HaveCount(6);
        foreach (var name in (string[])["PerAddress ", "PerAddressBurst ", "PerToken ", "PerTokenBurst ", "WrongTokensPerMinute ", "Exempt "])
            mistakes.Should().ContainSingle(mistake => mistake.Contains($"StatHub:Limits:{name}"));
    }

    [Fact]
    public void The_limits_of_a_new_installation_are_valid() =>
        new LimitOptionsValidator().Validate(null, Options.Create(new LimitOptions()).Value).Succeeded.Should().BeTrue();
}
