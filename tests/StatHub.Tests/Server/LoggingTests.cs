using System.Net;
using System.Text.Json;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Tests.Server;

public class LoggingTests
{
    [Fact]
    public async Task A_request_leaves_a_line_without_secrets()
    {
        string log;
        string token;
        using (var api = new StatHubApi())
        {
            token = api.Token(TokenScopes.Read, "demo");
            using var client = api.Client(token);
            client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.77");
            await client.GetAsync($"/api/v1/tenants/demo/keys/private-key/count?token={token}&password=hunter2");
            await client.GetAsync("/203.0.113.77/secret-path");
            await client.GetAsync("/healthz");
            log = await LogAsync(api);
            log.Should().NotContain((await File.ReadAllTextAsync(Path.Combine(api.Folder, "admin.token"))).Trim());
        }

        log.Should().Contain("GET /api/v1/tenants/{tenant}/keys/{key}/count 400 in ").And.Contain(" ms from 203.0.113.0");
        log.Should().Contain("GET unknown 404 in ");
        log.Should().NotContain(token).And.NotContain("sth_").And.NotContain("203.0.113.77").And.NotContain("hunter2")
            .And.NotContain("private-key").And.NotContain("secret-path");
    }

    [Fact]
    public async Task A_failure_is_logged_with_its_trace_id_and_no_secret()
    {
        using var api = new StatHubApi { Raw = new BrokenHits() };
        var token = api.Token(TokenScopes.Read, "demo");

        var answer = await api.Client(token).GetAsync("/api/v1/tenants/demo/hits?limit=1");
        var log = await LogAsync(api);

        answer.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        var problem = await StatHubApi.JsonAsync(answer);
        log.Should().Contain(problem.GetProperty("traceId").GetString()).And.Contain("IOException").And.NotContain(token);
    }

    [Fact]
    public async Task Logs_can_be_json_lines()
    {
        using var api = new StatHubApi { Settings = { ["StatHub:Logging:Json"] = "true" } };
        await api.Client().GetAsync("/api/v1/tenants");

        var lines = (await LogAsync(api)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();

        lines.Select(line => line.GetProperty("Properties").TryGetProperty("Route", out var route) ? route.GetString() : null)
            .Should().Contain("/api/v1/tenants");
    }

    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::")]
    [InlineData("::1", "::")]
    public void Of_an_address_only_the_network_is_logged(string address, string network) =>
        ClientAddress.Network(IPAddress.Parse(address)).Should().Be(network);

    private static async Task<string> LogAsync(StatHubApi api)
    {
        // The log line is written behind the answer.
        var text = "";
        for (var attempt = 0; attempt < 100 && !text.Contains(" ms from", StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(50);
            var file = Directory.GetFiles(Path.Combine(api.Folder, "logs")).Single();
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            text = await reader.ReadToEndAsync();
        }
        return text;
    }

    private sealed class BrokenHits : Core.Hits.IRawHits
    {
        public Core.Hits.IRawHitReader Open(Core.Hits.HitScope scope, Core.Time.MinuteRange range, Core.Hits.RawHitPosition? after) =>
            throw new IOException("The disk is gone.");
    }
}
