using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using StatHub.EndToEnd.Nginx;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Security;

/// <summary>What somebody outside may try, against the real nginx before the real service.</summary>
public sealed class SecurityThroughNginxTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub security ").FullName;
    private ApiServer _api = null!;
    private NginxServer _nginx = null!;
    private string _token = "";

    private HttpClient Outside => _nginx.Client;

    public async Task InitializeAsync()
    {
        _api = await ApiServer.StartAsync(_folder, ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")));
        _nginx = await NginxServer.StartInAsync(_folder, ("STATHUB_API", $"127.0.0.1:{_api.Port}"));
        using var made = await _api.Client.PostAsJsonAsync("/api/v1/tenants/other/tokens", new { name = "theirs", scopes = (string[])["read", "write", "admin"] });
        _token = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!;
        Outside.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        for (var i = 0; i < 3; i++)
            (await Outside.GetAsync("/p/demo/secret")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await _api.HitsAsync("demo")).Should().Be(3);
    }

    public async Task DisposeAsync()
    {
        await _nginx.DisposeAsync();
        await _api.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("/api/v1/tenants/demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/../demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/%2e%2e/demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other%2f..%2fdemo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other%2F%2E%2E%2Fdemo/count")]
    [InlineData("/api/v1/tenants//demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/./demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/%64emo/keys/secret/count")]
    [InlineData("/api/v1/tenants/demo%00/keys/secret/count")]
    [InlineData("/api/v1/tenants/DEMO/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/keys/..%2f..%2fdemo%2fkeys%2fsecret/count")]
    [InlineData("/api/v1/tenants/other/keys/../../demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/keys/%2e%2e/%2e%2e/demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other;tenant=demo/keys/secret/count")]
    [InlineData("/api/v1/tenants/other/keys/secret/count?tenant=demo")]
    [InlineData("/api/v1/tenants/other/keys/secret/hits?cursor=../../demo")]
    [InlineData("/statcount/other/../demo/secret")]
    [InlineData("/rawlog/other%2f..%2fdemo/secret")]
    [InlineData("/api/v1/../../segments/demo")]
    [InlineData("/api/v1/tenants/other/events/..%2f..%2fdemo%2fevents%2f1")]
    public async Task No_spelling_of_an_address_leads_to_another_tenant(string target)
    {
        var answer = await RawHttp.SendAsync(_nginx.Port, $"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_token}\r\nConnection: close\r\n\r\n");

        if (RawHttp.Status(answer) == 200)
            answer.Should().MatchRegex("\"hits\":0|\r\n0\r\n|\\[\\s*\\]", "what is answered is the token's own tenant, which has nothing");
        else
            RawHttp.Status(answer).Should().BeOneOf(400, 403, 404);
        answer.Should().NotContain("\"tenant\":\"demo\"").And.NotContain("\"hits\":3");
    }

    [Fact]
    public async Task A_foreign_tenant_and_an_absent_one_have_the_same_body_and_take_the_same_time()
    {
        var times = new Dictionary<string, List<double>> { ["demo"] = [], ["absent"] = [] };
        var bodies = new HashSet<string>();
        for (var i = 0; i < 600; i++)
        {
            foreach (var tenant in i % 2 == 0 ? (string[])["demo", "absent"] : ["absent", "demo"])
            {
                var began = Stopwatch.GetTimestamp();
                using var answer = await Outside.GetAsync($"/api/v1/tenants/{tenant}/keys/secret/count");
                bodies.Add($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                times[tenant].Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
            }
        }

        bodies.Should().ContainSingle().Which.Should().StartWith("404 ");
        // Compared with each other in one run: medians of hundreds that took turns.
        (Median(times["demo"]) / Median(times["absent"])).Should().BeInRange(0.7, 1.4);
    }

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/v1/tenants/other/count HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\nGET /api/v1/tenants/other/count HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Content-Length: 4\r\nContent-Length: 60\r\n\r\nabcdGET /api/v1/tenants/other/count HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Content-Length: -1\r\n\r\n")]
    [InlineData("Content-Length : 4\r\n\r\nabcd")]
    [InlineData("Content-Length: 4\r\n X: folded\r\n\r\nabcd")]
    public async Task A_request_that_two_servers_could_read_differently_is_refused(string rest)
    {
        var answer = await RawHttp.SendAsync(_nginx.Port, $"POST /log/event/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token {_token}\r\n{rest}", isAll: true);

        var statuses = answer.Split("HTTP/1.1 ")[1..];
        statuses.Should().ContainSingle("nothing behind the request is taken for another one").Which[..3].Should().BeOneOf("400", "411", "413", "501");
        (await _api.HitsAsync("other")).Should().Be(0);
    }

    [Theory]
    [InlineData("\r\nX-Forged: 1")]
    [InlineData("%0d%0aX-Forged:%201")]
    [InlineData("%E5%98%8D%E5%98%8AX-Forged:%201")]
    public async Task No_header_can_be_forged_by_what_a_client_names(string forged)
    {
        foreach (var target in (string[])[$"/api/v1/tenants/other{forged}/count", $"/api/v1/tenants/other/hits?limit=1&cursor={forged}", $"/log/event/{forged}", $"/api/v1/tenants/other/top/{forged}"])
        {
            var answer = await RawHttp.SendAsync(_nginx.Port, $"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_token}\r\nConnection: close\r\n\r\n");
            answer.Split("\r\n\r\n")[0].Should().NotContain("X-Forged", target);
        }
    }

    [Fact]
    public async Task Bombs_of_json_and_of_compression_are_refused_and_cost_little()
    {
        var before = await MemoryAsync();
        var deep = new string('[', 1_000_000);
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 256; i++)
                await gzip.WriteAsync(zeros);
        }
        foreach (var path in (string[])["/log/event/", "/api/v1/tenants/other/events", "/api/v1/tenants/other/tokens"])
        {
            using var json = await Outside.PostAsync(path, new StringContent(deep, Encoding.UTF8, "application/json"));
            ((int)json.StatusCode).Should().BeOneOf([400, 413], path);
            using var content = new ByteArrayContent(packed.ToArray()) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } };
            using var bomb = await Outside.PostAsync(path, content);
            ((int)bomb.StatusCode).Should().BeOneOf([400, 413, 415], path);
        }

        (await MemoryAsync() - before).Should().BeLessThan(200 * 1024 * 1024);
        (await _api.HitsAsync("other")).Should().Be(0);
    }

    [Fact]
    public async Task Headers_that_are_too_large_are_refused()
    {
        var answer = await RawHttp.SendAsync(_nginx.Port, $"GET /api/v1/tenants HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {new string('x', 200_000)}\r\n\r\n");

        RawHttp.Status(answer).Should().BeOneOf(400, 431, 494);
    }

    [Fact]
    public async Task A_body_that_hardly_comes_is_given_up()
    {
        // To the service itself, which is what a slow client meets when nginx passes its body on unbuffered.
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _api.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /log/event/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token {_token}\r\nContent-Length: 1000\r\n\r\n{{"));
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        var answer = await new StreamReader(stream).ReadToEndAsync(timeout.Token);

        RawHttp.Status(answer).Should().Be(408);
    }

    [Fact]
    public async Task No_secret_is_in_a_log()
    {
        await RawHttp.SendAsync(_nginx.Port, $"GET /api/v1/tenants/demo/count?token={_token} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_token}x\r\nConnection: close\r\n\r\n");
        await RawHttp.SendAsync(_nginx.Port, $"GET /api/v1/{_token} HTTP/1.1\r\nHost: x\r\nReferer: http://x/{_token}\r\nConnection: close\r\n\r\n");
        (await Outside.PostAsync("/log/event/", new StringContent($"{{\"event\":7,\"password\":\"{_token}\"}}"))).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        await _api.KillAsync();

        var logs = Directory.GetFiles(_folder, "*.log", SearchOption.AllDirectories).Concat(Directory.GetFiles(Path.Combine(_folder, "logs"))).Distinct().ToList();
        logs.Should().NotBeEmpty();
        foreach (var log in logs)
            (await File.ReadAllTextAsync(log)).Should().NotContain(_token, log);
        _api.Output.Should().NotContain(_token);
    }

    private async Task<long> MemoryAsync()
    {
        var status = await File.ReadAllLinesAsync($"/proc/{_api.Pid}/status");
        return 1024 * long.Parse(status.Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
