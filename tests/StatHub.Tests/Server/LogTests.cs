using System.Net;
using System.Net.Http.Headers;
using System.Text;
using StatHub.Core.Tokens;

namespace StatHub.Tests.Server;

public sealed class LogTests(WholeApi api) : OwnTenant(api)
{
    private const string Log = """
        203.0.113.7 - - [22/Feb/2026:01:36:17 +0000] "GET /pages/1?utm_source=mail HTTP/1.1" 200 100 "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        203.0.113.8 - - [22/Feb/2026:01:36:18 +0000] "GET /pages/2 HTTP/1.1" 404 50 "-" "curl/8"
        nonsense

        """;

    private string Logs => $"/api/v1/tenants/{Tenant}/logs";

    [Fact]
    public async Task A_log_is_counted_with_its_dimensions_and_once()
    {
        using var first = await PostAsync(Logs, Log);
        var answer = await WholeApi.JsonAsync(first);
        using var again = await PostAsync(Logs, Log);

        first.StatusCode.Should().Be(HttpStatusCode.OK, answer.ToString());
        answer.ToString().Should().StartWith("""{"format":"combined","lines":3,"entries":2,"bytes":150,"refused":{"missing_field":1},"samples":[{"line":3,"reason":"missing_field","meaning":"It ends before""");
        (await WholeApi.JsonAsync(again)).GetProperty("lines").GetInt64().Should().Be(0);
        var count = await AskAsync("keys/pages/count?from=2026-02-22&to=2026-02-23");
        (count.GetProperty("hits").GetInt64(), count.GetProperty("value").GetRawText(), count.GetProperty("bots").GetInt64()).Should().Be((2, "150", 1));
        foreach (var (dimension, value) in ((string, string)[])[("status", "404"), ("utm_source", "mail"), ("browser", "Firefox"), ("referrer", "example.org")])
            (await AskAsync($"top/{dimension}?from=2026-02-22&to=2026-02-23")).GetProperty("values").EnumerateArray().Select(one => one.GetProperty("name").GetString()).Should().Contain(value);
        var hits = await AskAsync("hits?from=2026-02-22&to=2026-02-23");
        hits[0].GetProperty("remote_addr").GetString().Should().Be("203.0.113.0", "addresses of logs are treated as all others");
    }

    [Theory]
    [InlineData("format=w3c", "format", "auto, combined")]
    [InlineData("key=a/b", "key", "'/'")]
    [InlineData("tenant=x", "tenant", "no such argument")]
    public async Task Wrong_arguments_are_named(string query, string name, string message)
    {
        using var answer = await PostAsync($"{Logs}?{query}", Log);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await WholeApi.JsonAsync(answer)).GetProperty("errors").GetProperty(name)[0].GetString().Should().Contain(message);
    }

    [Fact]
    public async Task What_is_no_log_is_told()
    {
        using var answer = await PostAsync(Logs, "hello\n");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await WholeApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/bad-log");
    }

    [Fact]
    public async Task What_became_of_a_log_can_be_asked_later()
    {
        using var first = await PostAsync(Logs, Log);
        using var again = await PostAsync(Logs, Log);
        using var grown = await PostAsync($"{Logs}?key=%7Bpath%7D", Log + Log);

        using var all = await Api.Client(Api.Token(TokenScopes.Read, Tenant)).GetAsync(Logs);
        var imports = (await WholeApi.JsonAsync(all)).EnumerateArray().ToList();
        imports.Select(import => (import.GetProperty("key").GetString(), import.GetProperty("lines").GetInt64(), import.GetProperty("logBytes").GetInt64(), import.GetProperty("knownBytes").GetInt64()))
            .Should().Equal(("{path}", 3, 2 * Log.Length, Log.Length), ("{section}", 3, Log.Length, 0));
        imports[1].ToString().Should().Contain(""","entries":2,"bytes":150,"refused":{"missing_field":1},""").And.NotContain("nonsense").And.NotContain("streamLines");
        using var one = await Api.Client().GetAsync($"{Logs}?limit=1");
        (await WholeApi.JsonAsync(one)).GetArrayLength().Should().Be(1);
        using var foreign = await Api.Client(Api.Token(TokenScopes.Read, Tenant)).GetAsync("/api/v1/tenants/foreign/logs");
        foreign.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_form_is_no_log()
    {
        using var form = new MultipartFormDataContent { { new StringContent(Log), "file", "access.log" } };
        using var answer = await Api.Client().PostAsync(Logs, form);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await WholeApi.JsonAsync(answer)).GetProperty("detail").GetString().Should().Contain("--data-binary");
    }

    [Fact]
    public async Task Only_who_may_write_imports()
    {
        using var reader = await Api.Client(Api.Token(TokenScopes.Read, Tenant)).PostAsync(Logs, new StringContent(Log));
        using var foreign = await Api.Client(Api.Token(TokenScopes.Write, Tenant)).PostAsync("/api/v1/tenants/foreign/logs", new StringContent(Log));

        reader.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        foreign.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string log)
    {
        // As wget --post-file sends it.
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(log)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } };
        return await Api.Client(Api.Token(TokenScopes.Write, Tenant)).PostAsync(path, content);
    }
}
