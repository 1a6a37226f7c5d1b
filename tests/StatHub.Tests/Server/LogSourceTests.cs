using System.Net;
using System.Text.Json;
using StatHub.Core.Tokens;
using StatHub.Server.Logs;

namespace StatHub.Tests.Server;

public sealed class LogSourceTests : IDisposable
{
    private const string Line = "203.0.113.7 - - [22/Feb/2026:01:36:17 +0000] \"GET /pages/1 HTTP/1.1\" 200 100 \"-\" \"curl/8\"\n";

    private readonly string _logs = Directory.CreateTempSubdirectory("stathub sources ").FullName;
    private readonly WholeApi _api = new();

    private string Log => Path.Combine(_logs, "access.log");

    public void Dispose()
    {
        _api.Dispose();
        Directory.Delete(_logs, recursive: true);
    }

    [Fact]
    public async Task A_log_of_the_settings_is_followed_when_it_is_there()
    {
        Follow("demo");
        using var client = _api.Client();
        _api.Register("demo");
        await Waiting.UntilAsync(async () => !(await SourceAsync(client)).TryGetProperty("error", out _));
        File.WriteAllText(Log, Line + Line + "half");

        await Waiting.UntilAsync(async () => (await SourceAsync(client)).GetProperty("lines").GetInt64() == 2);
        var source = await SourceAsync(client);
        (source.GetProperty("path").GetString(), source.GetProperty("tenant").GetString(), source.GetProperty("format").GetString()).Should().Be((Log, "demo", "combined"));
        (source.GetProperty("offset").GetInt64(), source.GetProperty("behindBytes").GetInt64()).Should().Be((2 * Line.Length, 4));
        var count = await WholeApi.JsonAsync(await client.GetAsync("/api/v1/tenants/demo/count?from=2026-02-22&to=2026-02-23&fresh=true"));
        count.GetProperty("hits").GetInt64().Should().Be(2);
        (await client.GetStringAsync("/metrics")).Should().Contain($"stathub_log_source_lines_total{{source=\"{Log}\",tenant=\"demo\"}} 2\n").And.Contain("stathub_log_source_behind_bytes");
    }

    [Fact]
    public async Task What_keeps_a_log_from_being_read_is_told()
    {
        Follow("demo");
        using var client = _api.Client();
        await Waiting.UntilAsync(async () => (await client.GetAsync("/readyz")) is { StatusCode: HttpStatusCode.ServiceUnavailable } answer
            && (await answer.Content.ReadAsStringAsync()).Contains("nobody registered its tenant demo"));

        _api.Register("demo");
        File.WriteAllText(Log, "nonsense\n");
        await Waiting.UntilAsync(async () => (await (await client.GetAsync("/readyz")).Content.ReadAsStringAsync()).Contains("is not followed"));
        File.AppendAllText(Log, Line);
        await Waiting.UntilAsync(async () => !(await SourceAsync(client)).TryGetProperty("error", out _));
    }

    [Fact]
    public void All_mistakes_in_the_settings_are_told_at_once()
    {
        var options = new SourceOptions
        {
            Sources = [new SourceSetting { Path = Log, Tenant = "NOT A TENANT", Format = "w3c" }, new SourceSetting { Path = "relative.log", Tenant = "demo", Key = "a/b" }],
        };

        new SourceOptionsValidator().Validate(null, options).Failures.Should().HaveCount(4)
            .And.Contain(failure => failure.Contains("Sources:0:Tenant")).And.Contain(failure => failure.Contains("Sources:0:Format"))
            .And.Contain(failure => failure.Contains("Sources:1:Path")).And.Contain(failure => failure.Contains("Sources:1:Key"));
    }

    [Fact]
    public async Task Only_who_may_do_everything_sees_sources()
    {
        _api.CreateClient();
        _api.Register("demo");

        (await _api.Client(_api.Token(TokenScopes.Admin, "demo")).GetAsync("/api/v1/sources")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    private void Follow(string tenant)
    {
        _api.Settings["StatHub:Logs:Sources:0:Path"] = Log;
        _api.Settings["StatHub:Logs:Sources:0:Tenant"] = tenant;
    }

    private static async Task<JsonElement> SourceAsync(HttpClient client) => (await WholeApi.JsonAsync(await client.GetAsync("/api/v1/sources")))[0];
}
