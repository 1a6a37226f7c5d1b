using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StatHub.Client;
using StatHub.Core.Tokens;
using StatHub.Tests.Server;

namespace StatHub.Tests.Clients;

public sealed class StatHubClientTests(WholeApi api) : ClientTenant(api)
{
    [Fact]
    public async Task Without_defer_the_result_has_the_name_of_the_event()
    {
        await using var client = Client();
        var result = await client.LogAsync("signup", "u1", new Dictionary<string, object?> { ["plan"] = "pro", ["value"] = 2.5, ["deep"] = new { a = 1 } });
        var named = await client.LogAsync("signup", "u2", new { event_id = "mine" });

        result.State.Should().Be(LogState.Accepted);
        result.Id.Should().MatchRegex("^entry_[0-9a-f]{32}$");
        named.Id.Should().Be("mine");
        client.Statistics.Accepted.Should().Be(2);
        Network.State = () => NetworkState.Dead;
        var failed = await client.LogAsync("signup");
        (failed.State, failed.Reason).Should().Be((LogState.Dropped, "StatHub at http://localhost/ cannot be reached: Connection refused"));
    }

    [Fact]
    public async Task Questions_are_answered_with_the_records_of_theApi()
    {
        await using var client = Client();
        foreach (var plan in (string[])["free", "pro", "pro"])
            await client.LogAsync("a key/1", plan, new { plan, value = 1.5 });
        var query = new HitQuery { Key = "a key_1", Fresh = true, TimeZone = "UTC", From = TimeProvider.System.GetUtcNow().AddHours(-30), To = TimeProvider.System.GetUtcNow().AddHours(1) };

        var count = await client.CountAsync(query);
        var series = await client.SeriesAsync(query, "hour");
        var top = await client.TopAsync(query, "d.plan", limit: 1);
        var hits = new List<JsonElement>();
        await foreach (var hit in client.HitsAsync(query))
            hits.Add(hit);

        (count.Hits, count.Value.ToString(), count.Visitors, count.Fresh).Should().Be((3, "4.5", null, true));
        series.Points.Sum(point => point.Hits).Should().Be(3);
        top.Values.Should().ContainSingle(value => value.Name == "pro" && value.Hits == 2);
        hits.Select(hit => hit.GetProperty("event").GetProperty("plan").GetString()).Should().Equal("free", "pro", "pro");
        (await client.PingAsync()).Status.Should().Be("ok");
    }

    [Fact]
    public async Task A_question_that_is_refused_says_why()
    {
        await using var client = Client(options => options.Tenant = "nobody");

        var ask = () => client.CountAsync(HitQuery.Today);

        var exception = (await ask.Should().ThrowAsync<StatHubException>()).Which;
        exception.Status.Should().Be(404);
        exception.Problem!.Type.Should().Be("/problems/unknown-tenant");
    }

    [Fact]
    public async Task What_is_not_stathub_is_told()
    {
        Network.Refusal = HttpStatusCode.OK;
        Network.State = () => NetworkState.Refusing;
        await using var client = Client();

        var ask = () => client.PingAsync();

        (await ask.Should().ThrowAsync<StatHubException>()).WithMessage("*Is the address right?");
        (await client.LogAsync("a")).State.Should().Be(LogState.Dropped);
    }

    [Fact]
    public async Task A_token_for_allTenants_needs_one_named()
    {
        Api.Register(Tenant + "x");
        await using var client = Client(options => options.Token = Api.Token(TokenScopes.Admin));

        (await client.LogAsync("a")).Reason.Should().Contain("name one of them in Tenant");
    }

    [Fact]
    public async Task The_start_of_a_system_is_an_event_of_its_host()
    {
        await using var client = Client();
        await client.SystemStartupAsync();

        var hit = (await AskAsync("keys/server.start/hits"))[0].GetProperty("event");
        hit.GetProperty("uid").GetString().Should().Be("system-" + Environment.MachineName);
        hit.GetProperty("app_node").GetString().Should().Be(Environment.MachineName);
        hit.TryGetProperty("ip", out _).Should().BeTrue();
    }

    [Fact]
    public async Task Fields_that_throw_or_are_no_object_are_dropped_and_counted()
    {
        await using var client = Client();

        (await client.LogAsync("a", "", new Throwing())).Reason.Should().Contain("out of order");
        (await client.LogAsync("a", "", 7)).Reason.Should().Contain("an object with properties");
        (await client.LogAsync("a", "", new { text = new string('x', 70_000) })).Reason.Should().Contain("at most 65536");
        (await client.LogAsync(null!)).State.Should().Be(LogState.Dropped);
        client.Statistics.Dropped.Should().Be(4);
        Network.Requests.Should().Be(0);
    }

    [Fact]
    public async Task A_disabled_client_does_nothing()
    {
        await using var client = new StatHubClient(new StatHubClientOptions { Disabled = true }, handler: Network);

        (await client.LogAsync("a")).State.Should().Be(LogState.Disabled);
        (await client.SystemStartupAsync()).State.Should().Be(LogState.Disabled);
        (await client.CountAsync(HitQuery.Today)).Hits.Should().Be(0);
        (await client.SeriesAsync(HitQuery.Today, "day")).Points.Should().BeEmpty();
        (await client.TopAsync(HitQuery.Today, "browser")).Values.Should().BeEmpty();
        await foreach (var _ in client.HitsAsync(HitQuery.Today))
            Assert.Fail("There is none.");
        (await client.PingAsync()).Status.Should().Be("disabled");
        await client.FlushAsync();
        Network.Requests.Should().Be(0);
    }

    [Fact]
    public void All_mistakes_of_the_options_are_told_at_once()
    {
        var make = () => new StatHubClient(new StatHubClientOptions { Url = new Uri("/relative", UriKind.Relative), Tenant = "No!", BatchSize = 0, LongestPause = TimeSpan.FromDays(1) });

        make.Should().Throw<ArgumentException>().WithMessage("*Url is missing*Token is missing.*Tenant is 1 to 32*BatchSize is 0, and goes from 1 to 1000.*LongestPause*");
    }

    [Fact]
    public async Task A_missing_token_is_an_error_at_the_start_of_a_host()
    {
        using var host = Host.CreateDefaultBuilder().ConfigureServices(services => services.AddStatHub(options => options.Url = new Uri("http://localhost"))).Build();

        var start = () => host.StartAsync();

        (await start.Should().ThrowAsync<OptionsValidationException>()).WithMessage("*Token is missing.*");
    }

    [Fact]
    public async Task The_end_of_a_host_sends_what_waits()
    {
        using var host = Host.CreateDefaultBuilder()
            .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["StatHub:Url"] = "http://localhost",
                ["StatHub:Token"] = Api.Token(TokenScopes.Write, Tenant),
                ["StatHub:FlushInterval"] = "01:00:00",
            }))
            .ConfigureServices(services =>
            {
                services.AddStatHub();
                services.AddSingleton(provider => new StatHubClient(provider.GetRequiredService<IOptions<StatHubClientOptions>>().Value, handler: Network));
            })
            .Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<StatHubClient>();
        await client.LogAsync("host", "u");
        client.Statistics.Waiting.Should().Be(1);

        await host.StopAsync();

        client.Statistics.Accepted.Should().Be(1);
    }

    [Theory]
    [InlineData(NetworkState.Broken)]
    [InlineData(NetworkState.Nonsense)]
    public async Task Without_defer_whatever_fails_is_told_as_a_result(NetworkState state)
    {
        Network.State = () => state;
        await using var client = Client();

        for (var i = 0; i < 6; i++)
            (await client.LogAsync("a")).State.Should().Be(LogState.Dropped);
    }

    private StatHubClient Client(Action<StatHubClientOptions>? change = null) => Client(new StatHubClientOptions { Defer = false }, change);

    private sealed class Throwing
    {
        private readonly string _text = "out of order";

        public string Text => throw new InvalidOperationException(_text);
    }
}
