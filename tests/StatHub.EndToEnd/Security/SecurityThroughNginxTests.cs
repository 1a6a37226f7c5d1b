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

/// <summary>What somebody outside may try, against the real nginx before the real service, that costs it something or leaves traces.</summary>
public sealed class SecurityThroughNginxTests : IAsyncLifetime
{
    private readonly AttackedSite _site = new();

    private HttpClient Outside => _site.Outside;

    public Task InitializeAsync() => _site.InitializeAsync();

    public Task DisposeAsync() => _site.DisposeAsync();

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
        (await _site.Api.HitsAsync("other")).Should().Be(0);
    }

    [Fact]
    public async Task Headers_that_are_too_large_are_refused()
    {
        var answer = await RawHttp.SendAsync(_site.Port, $"GET /api/v1/tenants HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {new string('x', 200_000)}\r\n\r\n");

        RawHttp.Status(answer).Should().BeOneOf(400, 431, 494);
    }

    [Fact]
    public async Task A_body_that_hardly_comes_is_given_up()
    {
        // To the service itself, which is what a slow client meets when nginx passes its body on unbuffered.
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _site.Api.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /log/event/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token {_site.Token}\r\nContent-Length: 1000\r\n\r\n{{"));
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        var answer = await new StreamReader(stream).ReadToEndAsync(timeout.Token);

        RawHttp.Status(answer).Should().Be(408);
    }

    [Fact]
    public async Task No_secret_is_in_a_log()
    {
        await RawHttp.SendAsync(_site.Port, $"GET /api/v1/tenants/demo/count?token={_site.Token} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_site.Token}x\r\nConnection: close\r\n\r\n");
        await RawHttp.SendAsync(_site.Port, $"GET /api/v1/{_site.Token} HTTP/1.1\r\nHost: x\r\nReferer: http://x/{_site.Token}\r\nConnection: close\r\n\r\n");
        (await Outside.PostAsync("/log/event/", new StringContent($"{{\"event\":7,\"password\":\"{_site.Token}\"}}"))).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        await _site.Api.KillAsync();

        var logs = Directory.GetFiles(_site.Folder, "*.log", SearchOption.AllDirectories).Concat(Directory.GetFiles(Path.Combine(_site.Folder, "logs"))).Distinct().ToList();
        logs.Should().NotBeEmpty();
        foreach (var log in logs)
            (await File.ReadAllTextAsync(log)).Should().NotContain(_site.Token, log);
        _site.Api.Output.Should().NotContain(_site.Token);
    }

    private async Task<long> MemoryAsync()
    {
        var status = await File.ReadAllLinesAsync($"/proc/{_site.Api.Pid}/status");
        return 1024 * long.Parse(status.Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
