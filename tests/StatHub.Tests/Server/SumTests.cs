using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using StatHub.Contracts.Json;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Memory;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Server;

public sealed class SumTests : IDisposable
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static readonly string[] Dimensions = ["key", "browser", "device", "referrer", "source", "d.plan", "utm_source", "status"];

    private readonly StatHubApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sums_are_those_of_brute_force_over_any_dimensions_steps_and_ranges(bool embedded)
    {
        using var folder = embedded ? new StoreFolder(batchBytes: 20_000) : null;
        if (folder is not null)
            (folder.Time.Now, _api.Raw) = (StatHubApi.Noon, folder.Store.RawHits);
        var random = new Random(20260301);
        for (var batch = 0; batch < 4; batch++)
        {
            string[] lines = [.. Enumerable.Range(0, 250).Select(_ => Line(random))];
            _api.Store.Ingest(lines);
            folder?.AppendLines(lines);
            folder?.Store.Tail.Run(CancellationToken.None);
        }

        for (var i = 0; i < 30; i++)
        {
            var key = random.Next(3) == 0 ? "k1" : null;
            string[] by = [.. Dimensions.Skip(key is null ? 0 : 1).OrderBy(_ => random.Next()).Take(1 + i % 7)];
            var step = random.Next(2) == 0 ? "day" : "month";
            var from = StatHubApi.Noon.AddMinutes(-random.Next(90 * MinuteRange.PerDay));
            var to = from.AddMinutes(1 + random.Next(50 * MinuteRange.PerDay));
            await CompareAsync(key, by, step, from, to);
        }
    }

    [Fact]
    public async Task Steps_come_in_the_order_of_time_and_rows_by_their_hits()
    {
        _api.Store.Ingest(
        [
            Line(-2, "d.plan=a&tv=2.5"), Line(0, "d.plan=b"), Line(0, "d.plan=a", "curl/8.14.1"), Line(0, "d.plan=b&tv=-1"), Line(0, ""),
        ]);

        var answer = await _api.Client().GetStringAsync("/api/v1/tenants/demo/sums?by=d.plan,device&from=2026-02-27T09:00:00Z&to=2026-03-01T13:00:00Z");

        answer.Should().Be(
            """
            {"by":["d.plan","device"],"step":"day","from":"2026-02-27T00:00:00Z","to":"2026-03-02T00:00:00Z","asOf":"2026-03-01T12:00:30Z","rows":[
            {"start":"2026-02-27T00:00:00Z","values":{"d.plan":"a","device":"desktop"},"hits":1,"bots":0,"value":2.5},
            {"start":"2026-03-01T00:00:00Z","values":{"d.plan":"b","device":"desktop"},"hits":2,"bots":0,"value":0},
            {"start":"2026-03-01T00:00:00Z","values":{"d.plan":null,"device":"desktop"},"hits":1,"bots":0,"value":1},
            {"start":"2026-03-01T00:00:00Z","values":{"d.plan":"a","device":"bot"},"hits":1,"bots":1,"value":1}],"limited":false}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task Months_are_widened_and_the_end_may_be_open()
    {
        _api.Store.Ingest([Line(0, ""), Line(-1, ""), Line(-28, ""), Line(-29, "")]);

        var month = await SumsAsync("by=key&step=month&from=2026-02-15&to=2026-02-16");
        month.GetProperty("from").GetString().Should().Be("2026-02-01T00:00:00Z");
        month.GetProperty("to").GetString().Should().Be("2026-03-01T00:00:00Z");
        Rows(month).Should().Equal("2026-02-01 [home]: 2 0 2");
        var open = await SumsAsync("by=key&step=month&from=2026-01-31");
        open.GetProperty("to").ValueKind.Should().Be(JsonValueKind.Null);
        Rows(open).Should().Equal("2026-01-01 [home]: 1 0 1", "2026-02-01 [home]: 2 0 2", "2026-03-01 [home]: 1 0 1");
        Rows(await SumsAsync("by=key&from=2030-01-01")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("ndjson", "application/x-ndjson", "{\"start\":\"2026-03-01T00:00:00Z\",\"values\":{\"d.x\":\"=1\\u002B1,\\u0022a\\u0022\",\"browser\":\"Firefox\"},\"hits\":1,\"bots\":0,\"value\":-3}\n")]
    [InlineData("csv", "text/csv", "start,d.x,browser,hits,bots,value,other\r\n2026-03-01T00:00:00Z,\"'=1+1,\"\"a\"\"\",Firefox,1,0,-3,\r\n")]
    [InlineData("tsv", "text/tab-separated-values", "start\td.x\tbrowser\thits\tbots\tvalue\tother\n2026-03-01T00:00:00Z\t'=1+1,\"a\"\tFirefox\t1\t0\t-3\t\n")]
    public async Task Other_formats_have_the_rows_and_no_formula(string format, string type, string expected)
    {
        _api.Store.Ingest([Line(0, "d.x=%3D1%2B1,%22a%22&tv=-3")]);

        var answer = await _api.Client().GetAsync($"/api/v1/tenants/demo/sums?by=d.x,browser&format={format}");

        answer.Content.Headers.ContentType!.MediaType.Should().Be(type);
        answer.Headers.GetValues("StatHub-AsOf").Should().Equal("2026-03-01T12:00:30Z");
        (await answer.Content.ReadAsStringAsync()).Should().Be(expected);
    }

    [Fact]
    public async Task The_format_is_negotiated_and_compressed()
    {
        _api.Store.Ingest([Line(0, "")]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/tenants/demo/sums?by=browser");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));

        var answer = await _api.Client().SendAsync(request);

        answer.Content.Headers.ContentEncoding.Should().Equal("gzip");
        await using var plain = new System.IO.Compression.GZipStream(await answer.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        using var text = new StreamReader(plain);
        (await text.ReadToEndAsync()).Should().Be("start,browser,hits,bots,value,other\r\n2026-03-01T00:00:00Z,Firefox,1,0,1,\r\n");
    }

    [Theory]
    [InlineData("", "by")]
    [InlineData("?by=", "by")]
    [InlineData("?by=browser,colour", "by")]
    [InlineData("?by=browser,os,browser", "by")]
    [InlineData("?by=d.Plan,d.plan", "by")]
    [InlineData("?by=d.1,d.2,d.3,d.4,d.5,d.6,d.7,d.8,d.9", "by")]
    [InlineData("?by=browser&step=week", "step")]
    [InlineData("?by=browser&format=xml", "format")]
    [InlineData("?by=browser&limit=3", "limit")]
    public async Task A_bad_argument_is_named(string query, string field)
    {
        var answer = await _api.Client().GetAsync("/api/v1/tenants/demo/sums" + query);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").EnumerateObject().Select(error => error.Name).Should().Equal(field);
    }

    [Fact]
    public async Task A_key_has_no_keys()
    {
        var answer = await _api.Client().GetAsync("/api/v1/tenants/demo/keys/home/sums?by=browser,key");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    private async Task CompareAsync(string? key, string[] by, string step, DateTimeOffset from, DateTimeOffset to)
    {
        var path = $"/api/v1/tenants/demo{(key is null ? "" : "/keys/" + key)}/sums?by={string.Join(',', by)}&step={step}"
            + $"&from={InstantText.Of(from)}&to={InstantText.Of(to)}";
        var answer = await _api.JsonAsync(path);
        var used = new MinuteRange(
            MinuteRange.MinuteOf(answer.GetProperty("from").GetDateTimeOffset()), MinuteRange.MinuteOf(answer.GetProperty("to").GetDateTimeOffset()));
        used.From.Should().BeLessThanOrEqualTo(MinuteRange.MinuteOf(from));
        used.To.Should().BeGreaterThanOrEqualTo(MinuteRange.MinuteOf(to));
        foreach (var bound in (DateTimeOffset[])[MinuteRange.InstantOf(used.From), MinuteRange.InstantOf(used.To)])
            (bound.TimeOfDay == TimeSpan.Zero && (step == "day" || bound.Day == 1)).Should().BeTrue("the range has whole steps");

        var expected = MemorySums.Of(_api.Store, new HitScope(TenantId.Parse("demo"), key is null ? null : HitKey.Parse(key)), by, step, used);
        Rows(answer).Should().BeEquivalentTo(expected, path);
        answer.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("start").GetString()).Should().BeInAscendingOrder(StringComparer.Ordinal);
    }

    private Task<JsonElement> SumsAsync(string query) => _api.JsonAsync("/api/v1/tenants/demo/sums?" + query);

    private static List<string> Rows(JsonElement answer)
    {
        // By the record of the contract, which takes no member that it does not have.
        var sums = answer.Deserialize(StatHubJson.Default.SumsByDimension)!;
        return
        [
            .. sums.Rows.Select(row => MemorySums.Row(row.Start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), sums.By.Select(name => row.Values[name]))
                + $": {row.Hits} {row.Bots} {row.Value}"),
        ];
    }

    private static string Line(int days, string args, string userAgent = Firefox) =>
        JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(days), args, userAgent: userAgent);

    private static string Line(Random random) => JournalLine.Of(
        random.Next(6) == 0 ? "other" : "demo", $"k{random.Next(4)}", StatHubApi.Noon.AddMinutes(-random.Next(100 * MinuteRange.PerDay)).AddMilliseconds(random.Next(3)),
        (random.Next(2) == 0 ? $"d.plan=p{random.Next(3)}&tv={random.Next(-3, 9)}.5" : "d.plan=") + (random.Next(3) == 0 ? "&utm_source=caf%C3%A9" : ""),
        random.Next(30) == 0 ? 429 : 200,
        userAgent: random.Next(3) == 0 ? "curl/8.14.1" : Firefox,
        referrer: random.Next(3) == 0 ? "" : $"https://www.google.{(random.Next(2) == 0 ? "de" : "fr")}/a");
}
