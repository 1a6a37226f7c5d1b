using System.Net;

namespace StatHub.EndToEnd.Nginx;

public sealed class FloodTests
{
    // Slow enough that a test is over long before a further request is allowed.
    private static readonly (string, string)[] OnePerSecond =
        [("STATHUB_FLOOD_RATE", "1"), ("STATHUB_FLOOD_BURST", "2"), ("STATHUB_WORKERS", "1")];

    private static readonly (string, string)[] BehindAProxy = [.. OnePerSecond, ("STATHUB_TRUSTED_PROXIES", "127.0.0.1")];

    [Fact]
    public async Task What_is_over_the_limit_is_answered_429_and_has_its_line()
    {
        await using var nginx = await NginxServer.StartAsync([.. OnePerSecond, ("STATHUB_FLOOD_EXEMPT", "none")]);
        var answers = await SendAsync(nginx, HttpMethod.Get, 40, "");

        answers.Take(3).Should().OnlyContain(status => status == 200);
        answers.Should().Contain(429);
        (await nginx.LinesAsync(40)).Select(line => line.Status).Should().Equal(answers);
    }

    [Fact]
    public async Task A_beacon_passes_the_same_limit()
    {
        await using var nginx = await NginxServer.StartAsync([.. OnePerSecond, ("STATHUB_FLOOD_EXEMPT", "none")]);
        var answers = await SendAsync(nginx, HttpMethod.Post, 40, "");

        answers.Take(3).Should().OnlyContain(status => status == 204);
        answers.Should().Contain(429);
        (await nginx.LinesAsync(40)).Select(line => line.Status).Should().Equal(answers);
    }

    [Fact]
    public async Task A_refused_hit_may_not_be_cached_and_is_readable_anywhere()
    {
        await using var nginx = await NginxServer.StartAsync(
            ("STATHUB_FLOOD_RATE", "1"), ("STATHUB_FLOOD_BURST", "0"), ("STATHUB_FLOOD_EXEMPT", "none"));
        await nginx.Client.GetAsync("/p/demo/home");
        var refused = await nginx.Client.GetAsync("/p/demo/home");

        refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        refused.Headers.CacheControl!.NoStore.Should().BeTrue();
        refused.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
    }

    [Fact]
    public async Task Loopback_is_exempt_by_default()
    {
        await using var nginx = await NginxServer.StartAsync(OnePerSecond);

        (await SendAsync(nginx, HttpMethod.Get, 40, "")).Should().OnlyContain(status => status == 200);
    }

    [Fact]
    public async Task The_limit_can_be_off()
    {
        await using var nginx = await NginxServer.StartAsync(
            ("STATHUB_FLOOD_RATE", "off"), ("STATHUB_FLOOD_EXEMPT", "none"), ("STATHUB_FLOOD_BURST", "0"));

        (await SendAsync(nginx, HttpMethod.Get, 1000, "")).Should().OnlyContain(status => status == 200);
    }

    [Fact]
    public async Task Each_ipv4_address_has_a_limit_of_its_own()
    {
        await using var nginx = await NginxServer.StartAsync(BehindAProxy);

        (await SendAsync(nginx, HttpMethod.Get, 40, "198.51.100.1")).Should().Contain(429);
        (await SendAsync(nginx, HttpMethod.Get, 3, "198.51.100.2")).Should().OnlyContain(status => status == 200);
    }

    [Fact]
    public async Task The_addresses_of_one_ipv6_network_share_a_limit()
    {
        await using var nginx = await NginxServer.StartAsync(BehindAProxy);
        var answers = new List<int>();
        for (var host = 1; host <= 40; host++)
            answers.AddRange(await SendAsync(nginx, HttpMethod.Get, 1, $"2001:db8:0:a::{host:x}"));

        answers.Should().Contain(429);
        (await SendAsync(nginx, HttpMethod.Get, 3, "2001:db8:0:b::1")).Should().OnlyContain(status => status == 200);
    }

    [Fact]
    public async Task Exempt_networks_have_no_limit()
    {
        await using var nginx = await NginxServer.StartAsync(
            [.. BehindAProxy, ("STATHUB_FLOOD_EXEMPT", "198.51.100.0/24, 2001:db8::/32")]);

        (await SendAsync(nginx, HttpMethod.Get, 40, "198.51.100.9")).Should().OnlyContain(status => status == 200);
        (await SendAsync(nginx, HttpMethod.Get, 40, "2001:db8::9")).Should().OnlyContain(status => status == 200);
        (await SendAsync(nginx, HttpMethod.Get, 40, "203.0.113.9")).Should().Contain(429);
    }

    [Fact]
    public async Task A_header_that_anyone_can_send_does_not_lift_the_limit()
    {
        await using var nginx = await NginxServer.StartAsync([.. OnePerSecond, ("STATHUB_FLOOD_EXEMPT", "198.51.100.0/24")]);

        (await SendAsync(nginx, HttpMethod.Get, 40, "198.51.100.1")).Should().Contain(429);
    }

    private static async Task<List<int>> SendAsync(NginxServer nginx, HttpMethod method, int count, string forwardedFor)
    {
        var statuses = new List<int>();
        for (var i = 0; i < count; i++)
        {
            using var request = new HttpRequestMessage(method, "/p/demo/home");
            if (forwardedFor.Length > 0)
                request.Headers.Add("X-Forwarded-For", forwardedFor);
            using var answer = await nginx.Client.SendAsync(request);
            statuses.Add((int)answer.StatusCode);
        }
        return statuses;
    }
}
