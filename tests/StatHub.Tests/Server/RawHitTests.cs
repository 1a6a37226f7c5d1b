using System.IO.Compression;
using System.Net;
using System.Text.Json;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class RawHitTests : IClassFixture<StatHubApi>
{
    private const string Hits = "/api/v1/tenants/demo/hits";

    private readonly StatHubApi _api;

    public RawHitTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    [Fact]
    public async Task Raw_hits_are_one_array_in_the_order_of_their_instants()
    {
        var lines = Enumerable.Range(0, 350).Select(i => JournalLine.Of("demo", $"k{i % 7}", StatHubApi.Noon.AddSeconds(-i), $"n={i}")).ToList();
        _api.Store.Ingest(lines);

        var answer = await _api.Client().GetAsync(Hits);
        var body = await answer.Content.ReadAsStringAsync();

        answer.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        body.Should().Be($"[{string.Join(",", Enumerable.Reverse(lines))}]\n");
        JsonDocument.Parse(body).RootElement.GetArrayLength().Should().Be(350);
        answer.Headers.GetValues("StatHub-AsOf").Should().Equal("2026-03-01T12:00:30Z");
    }

    [Fact]
    public async Task No_hits_are_an_empty_array() =>
        (await _api.Client().GetStringAsync(Hits)).Should().Be("[]\n");

    [Fact]
    public async Task Raw_hits_of_a_key_are_of_that_key_and_range_only()
    {
        _api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(-1), "n=1"),
            JournalLine.Of("demo", "shop", StatHubApi.Noon, "n=2"),
            JournalLine.Of("demo", "home", StatHubApi.Noon, "n=3"));

        (await _api.JsonAsync("/api/v1/tenants/demo/keys/home/hits")).EnumerateArray().Select(hit => hit.GetProperty("args").GetString())
            .Should().Equal("n=3");
        (await _api.JsonAsync("/api/v1/tenants/demo/keys/home/hits?from=2026-02-01&to=2026-03-01")).EnumerateArray()
            .Select(hit => hit.GetProperty("args").GetString()).Should().Equal("n=1");
    }

    [Theory]
    [InlineData("", null, "application/json")]
    [InlineData("format=json", "text/csv", "application/json")]
    [InlineData("format=ndjson", null, "application/x-ndjson")]
    [InlineData("format=csv", null, "text/csv")]
    [InlineData("format=tsv", null, "text/tab-separated-values")]
    [InlineData("", "application/x-ndjson", "application/x-ndjson")]
    [InlineData("", "application/x-ndjson, application/json;q=0.5", "application/x-ndjson")]
    [InlineData("", "text/*", "text/csv")]
    [InlineData("", "text/csv;q=0.1, */*;q=0.2", "application/json")]
    [InlineData("", "application/json;q=0, */*", "application/x-ndjson")]
    [InlineData("", "text/html, */*;q=0.8", "application/json")]
    [InlineData("", "TEXT/Tab-Separated-Values", "text/tab-separated-values")]
    public async Task The_format_is_chosen_by_argument_or_by_what_is_accepted(string query, string? accept, string expected)
    {
        var answer = await GetAsync($"{Hits}?{query}", accept);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be(expected);
        answer.Headers.Vary.Should().BeEquivalentTo("Accept", "Accept-Encoding");
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json;q=0")]
    [InlineData("nonsense")]
    public async Task A_format_that_there_is_not_is_not_acceptable(string accept)
    {
        var answer = await GetAsync(Hits, accept);

        answer.StatusCode.Should().Be(HttpStatusCode.NotAcceptable);
        (await StatHubApi.JsonAsync(answer)).GetProperty("type").GetString().Should().Be("/problems/not-acceptable");
    }

    [Theory]
    [InlineData("format=xml", "format")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1000001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAA", "cursor")]
    [InlineData("cursor=AQAAAZysLGJ7AAAAAAAAAAE", "cursor")]
    [InlineData("offset=10", "offset")]
    public async Task Bad_arguments_are_told(string query, string argument)
    {
        var answer = await GetAsync($"{Hits}?{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
    }

    [Fact]
    public async Task Ndjson_has_one_hit_a_line()
    {
        var lines = Enumerable.Range(0, 250).Select(i => JournalLine.Of("demo", "home", StatHubApi.Noon.AddSeconds(i), $"n={i}")).ToList();
        _api.Store.Ingest(lines);

        (await _api.Client().GetStringAsync($"{Hits}?format=ndjson&to=2026-03-02")).Should().Be(string.Concat(lines.Select(line => line + "\n")));
    }

    [Fact]
    public async Task Csv_has_the_documented_columns_and_quotes_what_must_be()
    {
        _api.Store.Ingest(JournalLine.Of("demo", "a,\"b\"", StatHubApi.Noon.AddMilliseconds(5), "x=1", userAgent: "line\r\nbreak"));

        var rows = (await _api.Client().GetStringAsync($"{Hits}?format=csv")).Split("\r\n", 2);

        rows[0].Should().Be("time,tenant,key,msec,time_iso8601,request,status,args,remote_addr,remote_user,http_referer,http_user_agent,"
            + "http_x_forwarded_for,http_accept_language,http_host,http_dnt,http_sec_gpc,connection,connection_requests,request_time,bot,visitor,country");
        rows[1].Should().Be("2026-03-01T12:00:30.005Z,demo,\"a,\"\"b\"\"\",1772366430.005,2026-03-01T12:00:30+00:00,"
            + "GET /p/demo/a%2C%22b%22?x=1 HTTP/1.1,200,x=1,192.0.2.7,,,\"line\r\nbreak\",,en,example.org,,,12,1,0.000,,,\r\n");
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49", "'+49")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("=A1,\"x\"", "\"'=A1,\"\"x\"\"\"")]
    [InlineData("a=b", "a=b")]
    public async Task No_text_of_a_client_is_a_formula_in_csv(string userAgent, string cell)
    {
        _api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon, userAgent: userAgent));

        (await _api.Client().GetStringAsync($"{Hits}?format=csv")).Should().Contain($",192.0.2.7,,,{cell},,en,");
    }

    [Theory]
    [InlineData("a\tb\r\nc", "a b  c")]
    [InlineData("=x", "'=x")]
    [InlineData("\"quoted\"", "\"quoted\"")]
    [InlineData("\t=x", "' =x")]
    public async Task A_cell_of_tsv_has_no_tab_and_no_line_end(string userAgent, string cell)
    {
        _api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon, userAgent: userAgent));

        var rows = (await _api.Client().GetStringAsync($"{Hits}?format=tsv")).Split('\n');

        rows.Should().HaveCount(3);
        rows[1].Split('\t').Should().HaveCount(rows[0].Split('\t').Length).And.HaveElementAt(11, cell);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("csv")]
    public async Task Pages_follow_each_other_without_gap_or_overlap(string format)
    {
        // Many hits share a millisecond.
        var lines = Enumerable.Range(0, 305).Select(i => JournalLine.Of("demo", "home", StatHubApi.Noon.AddMilliseconds(i / 50), $"n={i}")).ToList();
        _api.Store.Ingest(lines);
        var whole = Rows(await _api.Client().GetStringAsync($"{Hits}?format={format}"), format);
        var seen = new List<string>();
        var address = $"{Hits}?limit=7&format={format}";
        while (address is not null)
        {
            var answer = await _api.Client().GetAsync(address);
            var rows = Rows(await answer.Content.ReadAsStringAsync(), format);
            rows.Count.Should().BeLessThanOrEqualTo(7);
            seen.AddRange(rows);
            address = Next(answer);
        }

        seen.Should().Equal(whole).And.HaveCount(305);
    }

    [Fact]
    public async Task The_link_to_the_next_page_has_the_range_and_the_public_path()
    {
        using var api = new StatHubApi { Settings = { ["StatHub:PublicUrl"] = "https://example.org/stats/" } };
        api.Store.Ingest(JournalLine.Of("demo", "a b%2Fc", StatHubApi.Noon), JournalLine.Of("demo", "a b%2Fc", StatHubApi.Noon));

        var answer = await api.Client().GetAsync("/api/v1/tenants/demo/keys/a%20b%252Fc/hits?limit=1&format=ndjson&tz=Europe/Berlin");

        answer.Headers.GetValues("Link").Single().Should().MatchRegex(
            "^</stats/api/v1/tenants/demo/keys/a%20b%252Fc/hits\\?from=2026-02-28T23%3A00%3A00Z&format=ndjson&limit=1&cursor=[A-Za-z0-9_-]{32}>; rel=\"next\"$");
    }

    [Fact]
    public async Task The_last_page_has_no_link()
    {
        _api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon), JournalLine.Of("demo", "home", StatHubApi.Noon));

        Next(await GetAsync($"{Hits}?limit=2")).Should().BeNull();
        Next(await GetAsync($"{Hits}?limit=1")).Should().NotBeNull();
    }

    [Fact]
    public async Task A_page_ends_early_rather_than_fill_the_memory()
    {
        var line = JournalLine.Of("demo", "home", StatHubApi.Noon, userAgent: new string('u', 40_000));
        _api.Store.Ingest(Enumerable.Repeat(line, 600));

        var first = await GetAsync($"{Hits}?limit=600");
        var hits = JsonDocument.Parse(await first.Content.ReadAsStringAsync()).RootElement.GetArrayLength();
        var rest = await GetAsync(Next(first)!);

        hits.Should().BeInRange(400, 599);
        JsonDocument.Parse(await rest.Content.ReadAsStringAsync()).RootElement.GetArrayLength().Should().Be(600 - hits);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, gzip;q=0.5", true)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("br", false)]
    [InlineData("identity", false)]
    public async Task Gzip_is_used_when_it_is_accepted(string accepted, bool compressed)
    {
        _api.Store.Ingest(Enumerable.Range(0, 300).Select(i => JournalLine.Of("demo", "home", StatHubApi.Noon, $"n={i}")));
        using var request = new HttpRequestMessage(HttpMethod.Get, Hits);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        var answer = await _api.Client().SendAsync(request);
        var body = await answer.Content.ReadAsStreamAsync();

        answer.Content.Headers.ContentEncoding.Should().BeEquivalentTo(compressed ? ["gzip"] : Array.Empty<string>());
        using var text = new StreamReader(compressed ? new GZipStream(body, CompressionMode.Decompress) : body);
        JsonDocument.Parse(await text.ReadToEndAsync()).RootElement.GetArrayLength().Should().Be(300);
    }

    [Fact]
    public async Task Head_has_the_headers_and_no_body()
    {
        _api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon), JournalLine.Of("demo", "home", StatHubApi.Noon));

        var answer = await _api.Client().SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{Hits}?limit=1&format=csv"));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/csv");
        Next(answer).Should().NotBeNull();
        (await answer.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Fresh_is_told_in_a_header()
    {
        _api.Journal.Write(JournalLine.Of("demo", "home", StatHubApi.Noon));

        var answer = await GetAsync($"{Hits}?fresh=true");

        answer.Headers.GetValues("StatHub-Fresh").Should().Equal("true");
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetArrayLength().Should().Be(1);
        (await GetAsync(Hits)).Headers.Contains("StatHub-Fresh").Should().BeFalse();
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await _api.Client().SendAsync(request);
    }

    private static string? Next(HttpResponseMessage answer) => answer.Headers.TryGetValues("Link", out var links)
        ? links.Single().TrimStart('<').Split('>')[0]
        : null;

    private static List<string> Rows(string body, string format) => format == "csv"
        ? [.. body.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)]
        : [.. JsonDocument.Parse(body).RootElement.EnumerateArray().Select(hit => hit.GetRawText())];
}
