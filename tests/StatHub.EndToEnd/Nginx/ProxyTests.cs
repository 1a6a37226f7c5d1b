using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StatHub.EndToEnd.Nginx;

public sealed class ProxyTests : IAsyncLifetime
{
    private EchoApi _api = null!;
    private NginxServer _nginx = null!;

    public async Task InitializeAsync()
    {
        _api = await EchoApi.StartAsync();
        _nginx = await NginxServer.StartAsync(("STATHUB_API", _api.Address), ("STATHUB_MAX_BODY", "64m"));
    }

    public async Task DisposeAsync()
    {
        await _nginx.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/ping")]
    [InlineData("/log")]
    [InlineData("/stats")]
    [InlineData("/openapi")]
    [InlineData("/swagger")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/healthcheck")]
    [InlineData("/statcount")]
    [InlineData("/statdata")]
    [InlineData("/rawlog")]
    public async Task The_paths_of_the_api_are_proxied_with_and_without_a_final_slash(string path)
    {
        foreach (var target in new[] { path, path + "/", path + "/a/b", path + "?x=1" })
            (await EchoAsync(target)).Target.Should().Be(target);
    }

    [Theory]
    [InlineData("/api/v1/tenants/demo/keys/a%2Fb%20c/count?x=%20&y=a+b")]
    [InlineData("/api/v1/tenants/demo/keys/%E2%82%AC/hits")]
    [InlineData("/api/v1//double")]
    [InlineData("/api/%25")]
    public async Task The_api_gets_the_path_as_the_client_wrote_it(string target)
    {
        var answer = await RawHttp.SendAsync(_nginx.Port, $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        answer.Should().Contain($"\"Target\":{JsonSerializer.Serialize(target)}");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Methods_and_bodies_pass(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/x") { Content = new StringContent("12345") };
        var echo = await (await _nginx.Client.SendAsync(request)).Content.ReadFromJsonAsync<Echo>();

        (echo!.Method, echo.BodyBytes).Should().Be((method, 5));
    }

    [Fact]
    public async Task What_a_client_claims_about_itself_is_overwritten()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/x");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        request.Headers.Add("X-Real-IP", "6.6.6.6");
        request.Headers.Add("Forwarded", "for=6.6.6.6");
        var headers = (await SendAsync(request)).Headers;

        headers["X-Forwarded-For"].Should().Be("127.0.0.1");
        headers["X-Forwarded-Proto"].Should().Be("http");
        headers["X-Forwarded-Host"].Should().Be($"127.0.0.1:{_nginx.Port}");
        headers["Host"].Should().Be($"127.0.0.1:{_nginx.Port}");
        headers.Should().NotContainKeys("X-Forwarded-Prefix", "X-Real-IP", "Forwarded");
    }

    [Fact]
    public async Task The_token_of_a_client_passes()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/x");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer secret");

        (await SendAsync(request)).Headers["Authorization"].Should().Be("Bearer secret");
    }

    [Fact]
    public async Task A_trusted_proxy_says_who_asks_and_how()
    {
        await using var nginx = await NginxServer.StartAsync(
            ("STATHUB_API", _api.Address), ("STATHUB_TRUSTED_PROXIES", "127.0.0.1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/x");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6, 198.51.100.1");
        request.Headers.Add("X-Forwarded-Proto", "https");
        var echo = await (await nginx.Client.SendAsync(request)).Content.ReadFromJsonAsync<Echo>();

        echo!.Headers["X-Forwarded-For"].Should().Be("198.51.100.1");
        echo.Headers["X-Forwarded-Proto"].Should().Be("https");
    }

    [Fact]
    public async Task A_client_of_http_1_0_needs_no_host()
    {
        RawHttp.Status(await RawHttp.SendAsync(_nginx.Port, "GET /api/x HTTP/1.0\r\n\r\n")).Should().Be(200);
    }

    [Fact]
    public async Task The_api_may_listen_on_a_unix_socket()
    {
        var folder = Directory.CreateTempSubdirectory("stathub socket ");
        await using var api = await EchoApi.StartOnSocketAsync(Path.Combine(folder.FullName, "api.sock"));
        await using var nginx = await NginxServer.StartAsync(("STATHUB_API", api.Address));

        (await nginx.Client.GetFromJsonAsync<Echo>("/api/x"))!.Target.Should().Be("/api/x");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_upload_reaches_the_api_while_it_is_sent()
    {
        var started = new TaskCompletionSource();
        _api.Handler = async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[5]);
            started.SetResult();
            var rest = new MemoryStream();
            await context.Request.Body.CopyToAsync(rest);
            await context.Response.WriteAsync($"{rest.Length} more");
        };
        using var client = new TcpClient("127.0.0.1", _nginx.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("POST /api/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\n12345"u8.ToArray());
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await stream.WriteAsync("678"u8.ToArray());

        (await new StreamReader(stream).ReadToEndAsync()).Should().Contain("3 more");
    }

    [Fact]
    public async Task An_answer_reaches_the_client_while_it_is_written()
    {
        var read = new TaskCompletionSource();
        _api.Handler = async context =>
        {
            await context.Response.WriteAsync("first\n");
            await context.Response.Body.FlushAsync();
            await read.Task.WaitAsync(TimeSpan.FromSeconds(20));
            await context.Response.WriteAsync("second\n");
        };
        using var answer = await _nginx.Client.GetAsync("/api/x", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        (await reader.ReadLineAsync()).Should().Be("first");
        read.SetResult();
        (await reader.ReadLineAsync()).Should().Be("second");
    }

    [Fact]
    public async Task Large_bodies_pass_in_both_directions_without_a_temporary_file()
    {
        const int size = 32 << 20;
        _api.Handler = async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            for (var i = 0; i < size >> 16; i++)
                await context.Response.Body.WriteAsync(new byte[1 << 16]);
        };
        var answer = await _nginx.Client.PostAsync("/api/x", new ByteArrayContent(new byte[size]));

        (await answer.Content.ReadAsByteArrayAsync()).Length.Should().Be(size);
        _nginx.ErrorLog.Should().BeEmpty("nginx warns of every temporary file");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_a_problem_and_does_not_reach_the_api()
    {
        await using var nginx = await NginxServer.StartAsync(("STATHUB_API", _api.Address), ("STATHUB_MAX_BODY", "1k"));
        var answer = await nginx.Client.PostAsync("/api/v1/events", new ByteArrayContent(new byte[1025]));

        await ShouldBeProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge, "/problems/body-too-large");
        _api.Requests.Should().Be(0);
        (await nginx.Client.PostAsync("/api/v1/events", new ByteArrayContent(new byte[1024]))).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_api_that_is_down_is_a_problem_and_pixels_are_taken_all_the_same()
    {
        await using var nginx = await NginxServer.StartAsync();

        await ShouldBeProblemAsync(
            await nginx.Client.GetAsync("/api/v1/ledger"), HttpStatusCode.BadGateway, "/problems/upstream-unavailable");
        (await nginx.Client.GetAsync("/p/demo/home")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await nginx.LinesAsync(1)).Should().ContainSingle();
    }

    [Fact]
    public async Task An_api_that_comes_back_is_used_at_once()
    {
        var port = FreePort.Take();
        await using var nginx = await NginxServer.StartAsync(("STATHUB_API", $"127.0.0.1:{port}"));
        for (var i = 0; i < 10; i++)
            (await nginx.Client.GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.BadGateway);
        await using var api = await EchoApi.StartAsync(port);

        (await nginx.Client.GetAsync("/readyz")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_api_that_does_not_take_the_connection_is_a_problem()
    {
        // A full accept queue drops further connections, like a machine that is gone.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(0);
        var endPoint = (IPEndPoint)silent.LocalEndPoint!;
        var fillers = Enumerable.Range(0, 4).Select(_ => new TcpClient()).ToList();
        foreach (var filler in fillers)
            _ = filler.ConnectAsync(endPoint);
        await using var nginx = await NginxServer.StartAsync(("STATHUB_API", endPoint.ToString()));

        await ShouldBeProblemAsync(
            await nginx.Client.GetAsync("/api/x"), HttpStatusCode.GatewayTimeout, "/problems/upstream-timeout");
        fillers.ForEach(filler => filler.Dispose());
    }

    [Theory]
    [InlineData(413)]
    [InlineData(502)]
    [InlineData(504)]
    [InlineData(404)]
    public async Task The_errors_of_the_api_are_not_replaced(int status)
    {
        _api.Handler = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("the API's own words");
        };
        var answer = await _nginx.Client.GetAsync("/api/x");

        ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()).Should().Be((status, "the API's own words"));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/metrics/")]
    [InlineData("/api/../metrics")]
    [InlineData("/api/%2e%2e/metrics")]
    [InlineData("/api/..%2fmetrics")]
    [InlineData("/api//../metrics")]
    [InlineData("/%6detrics")]
    public async Task Metrics_are_not_public(string target)
    {
        var answer = await RawHttp.SendAsync(_nginx.Port, $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        RawHttp.Status(answer).Should().Be(404);
        _api.Requests.Should().Be(0);
    }

    [Fact]
    public async Task A_smuggled_request_does_not_reach_the_api()
    {
        var smuggled = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
        foreach (var framing in new[]
        {
            $"Content-Length: {smuggled.Length + 5}\r\nTransfer-Encoding: chunked",
            $"Transfer-Encoding: chunked\r\nContent-Length: {smuggled.Length + 5}",
            $"Content-Length: 0\r\nContent-Length: {smuggled.Length}",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding : chunked",
        })
        {
            await RawHttp.SendAsync(_nginx.Port, $"POST /api/x HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n0\r\n\r\n{smuggled}");
        }

        _api.Requests.Should().Be(0);
    }

    [Fact]
    public async Task A_request_in_the_body_of_another_stays_a_body()
    {
        var targets = new List<string>();
        _api.Handler = async context =>
        {
            targets.Add(context.Request.Path);
            await context.Request.Body.CopyToAsync(Stream.Null);
        };
        var body = Encoding.ASCII.GetBytes("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        await _nginx.Client.PostAsync("/api/a", new ByteArrayContent(body));
        await _nginx.Client.PostAsync("/api/b", new ByteArrayContent(body));

        targets.Should().Equal("/api/a", "/api/b");
    }

    private static async Task ShouldBeProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string type)
    {
        answer.StatusCode.Should().Be(status);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("type").GetString().Should().Be(type);
        problem.GetProperty("status").GetInt32().Should().Be((int)status);
        problem.GetProperty("title").GetString().Should().NotBeNullOrEmpty();
    }

    private async Task<Echo> EchoAsync(string target) => (await _nginx.Client.GetFromJsonAsync<Echo>(target))!;

    private async Task<Echo> SendAsync(HttpRequestMessage request) =>
        (await (await _nginx.Client.SendAsync(request)).Content.ReadFromJsonAsync<Echo>())!;
}
