using System.Net;

namespace StatHub.EndToEnd.Nginx;

public sealed class PixelTests : IAsyncLifetime
{
    private NginxServer _nginx = null!;

    // One worker writes its lines in the order of its answers.
    public async Task InitializeAsync() => _nginx = await NginxServer.StartAsync(("STATHUB_WORKERS", "1"));

    public async Task DisposeAsync() => await _nginx.DisposeAsync();

    [Fact]
    public async Task Get_answers_the_gif_and_writes_one_line()
    {
        var answer = await _nginx.Client.GetAsync("/p/demo/home?tv=3&t=a%20b");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().Should().Be("image/gif");
        var gif = await answer.Content.ReadAsByteArrayAsync();
        gif.Should().HaveCount(43).And.StartWith("GIF89a"u8.ToArray());
        var line = (await _nginx.LinesAsync(1)).Should().ContainSingle().Subject;
        line.File.Should().Be("hits.log");
        (line.Tenant, line.Key, line.Status, line["args"]).Should().Be(("demo", "home", 200, "tv=3&t=a%20b"));
    }

    [Fact]
    public async Task A_line_has_the_fields_of_the_contract_in_their_order()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/p/demo/home");
        request.Headers.TryAddWithoutValidation("Referer", "https://example.com/\"quoted\"");
        request.Headers.TryAddWithoutValidation("User-Agent", "Agent\\1");
        request.Headers.TryAddWithoutValidation("Accept-Language", "de-CH");
        request.Headers.TryAddWithoutValidation("DNT", "1");
        request.Headers.TryAddWithoutValidation("Sec-GPC", "1");
        await _nginx.Client.SendAsync(request);

        var line = (await _nginx.LinesAsync(1)).Single();
        line.Text.Should().StartWith("{\"tenant\":\"demo\",\"key\":\"home\",\"msec\":");
        line.Json.EnumerateObject().Select(field => field.Name).Should().Equal(
            "tenant", "key", "msec", "time_iso8601", "request", "status", "args", "remote_addr", "remote_user", "http_referer",
            "http_user_agent", "http_x_forwarded_for", "http_accept_language", "http_host", "http_dnt", "http_sec_gpc",
            "connection", "connection_requests", "request_time");
        line["http_referer"].Should().Be("https://example.com/\"quoted\"");
        line["http_user_agent"].Should().Be("Agent\\1");
        (line["http_accept_language"], line["http_dnt"], line["http_sec_gpc"]).Should().Be(("de-CH", "1", "1"));
        line["time_iso8601"].Should().EndWith("+00:00");
        line.Json.GetProperty("connection_requests").GetInt64().Should().Be(1);
        line.Text.Should().MatchRegex("\"msec\":\\d{10}\\.\\d{3},").And.MatchRegex("\"request_time\":\\d+\\.\\d{3}}$");
    }

    [Fact]
    public async Task The_pixel_is_uncacheable_and_embeddable()
    {
        var headers = (await _nginx.Client.GetAsync("/p/demo/home")).Headers;

        headers.GetValues("Cache-Control").Single().Split(", ").Should().BeEquivalentTo(
            "no-store", "no-cache", "must-revalidate", "private", "max-age=0");
        headers.GetValues("Cross-Origin-Resource-Policy").Should().Equal("cross-origin");
        headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
    }

    [Fact]
    public async Task The_pixel_has_no_last_modified_and_is_never_answered_with_304_or_206()
    {
        var answer = await RawHttp.SendAsync(_nginx.Port,
            "GET /p/demo/home HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: bytes=0-3\r\n"
            + "If-Modified-Since: Mon, 28 Sep 1970 06:00:00 GMT\r\nIf-None-Match: *\r\n\r\n");

        RawHttp.Status(answer).Should().Be(200);
        answer.Should().NotContain("Last-Modified").And.Contain("Content-Length: 43");
        (await _nginx.LinesAsync(1)).Single().Status.Should().Be(200);
    }

    [Fact]
    public async Task A_beacon_is_answered_with_204_and_counted()
    {
        var answer = await _nginx.Client.PostAsync("/p/demo/home?tv=2", new StringContent("any body"));

        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        answer.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
        var line = (await _nginx.LinesAsync(1)).Should().ContainSingle().Subject;
        (line.Tenant, line.Key, line.Status, line["args"]).Should().Be(("demo", "home", 204, "tv=2"));
    }

    [Fact]
    public async Task A_connection_goes_on_after_a_beacon_with_a_body()
    {
        await _nginx.Client.PostAsync("/p/demo/first", new StringContent(new string('x', 60_000)));
        await _nginx.Client.GetAsync("/p/demo/second");

        var lines = await _nginx.LinesAsync(2);
        lines.Select(line => line.Json.GetProperty("connection").GetInt64()).Distinct().Should().ContainSingle();
        lines.Select(line => line.Json.GetProperty("connection_requests").GetInt64()).Should().Equal(1, 2);
    }

    [Fact]
    public async Task A_beacon_with_over_a_megabyte_is_refused_and_not_counted()
    {
        var answer = await RawHttp.SendAsync(_nginx.Port, "POST /p/demo/home HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");

        RawHttp.Status(answer).Should().Be(413);
        await NothingButTheMarkIsCountedAsync();
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("OPTIONS", 204)]
    [InlineData("PUT", 405)]
    [InlineData("DELETE", 405)]
    [InlineData("PATCH", 405)]
    [InlineData("TRACE", 405)]
    [InlineData("PROPFIND", 405)]
    [InlineData("ANYTHING", 405)]
    public async Task Other_methods_are_answered_and_not_counted(string method, int status)
    {
        var answer = await RawHttp.SendAsync(_nginx.Port, $"{method} /p/demo/home HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        RawHttp.Status(answer).Should().Be(status);
        await NothingButTheMarkIsCountedAsync();
    }

    [Fact]
    public async Task A_preflight_allows_beacons_of_any_origin()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/p/demo/home");
        request.Headers.Add("Origin", "https://example.com");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        var headers = (await _nginx.Client.SendAsync(request)).Headers;

        headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
        headers.GetValues("Access-Control-Allow-Methods").Single().Split(", ").Should().Contain("POST");
        headers.GetValues("Access-Control-Allow-Headers").Should().Equal("*");
    }

    [Fact]
    public async Task A_method_that_is_not_allowed_is_told_which_are()
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/p/demo/home");
        var answer = await _nginx.Client.SendAsync(request);

        answer.Content.Headers.Allow.Should().BeEquivalentTo("GET", "HEAD", "POST", "OPTIONS");
    }

    [Fact]
    public async Task Robots_are_kept_out()
    {
        (await _nginx.Client.GetStringAsync("/robots.txt")).Should().Be("User-agent: *\nDisallow: /\n");
        await NothingButTheMarkIsCountedAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/p")]
    [InlineData("/p/")]
    [InlineData("/p/demo")]
    [InlineData("/p//home")]
    [InlineData("/P/demo/home")]
    [InlineData("/px/demo/home")]
    [InlineData("/x/p/demo/home")]
    [InlineData("/metrics")]
    [InlineData("/metrics/")]
    [InlineData("/api/../metrics")]
    [InlineData("/api/%2e%2e/metrics")]
    [InlineData("/apix")]
    [InlineData("/pingpong")]
    public async Task Other_paths_are_not_found_and_not_counted(string path)
    {
        RawHttp.Status(await RawHttp.SendAsync(_nginx.Port, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
            .Should().Be(404);
        await NothingButTheMarkIsCountedAsync();
    }

    [Fact]
    public async Task The_prefix_can_be_another_word()
    {
        await using var nginx = await NginxServer.StartAsync(("STATHUB_PREFIX", "my-pixel-1"));

        (await nginx.Client.GetAsync("/my-pixel-1/demo/home")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await nginx.Client.GetAsync("/p/demo/home")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await nginx.LinesAsync(1)).Single().Key.Should().Be("home");
    }

    /// <summary>One worker writes lines in the order of requests, so a later hit proves that nothing came before it.</summary>
    private async Task NothingButTheMarkIsCountedAsync()
    {
        await _nginx.Client.GetAsync("/p/demo/mark");
        (await _nginx.LinesAsync(1)).Should().ContainSingle().Which.Key.Should().Be("mark");
    }
}
