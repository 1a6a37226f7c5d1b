using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using StatHub.EndToEnd.Nginx;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Logs;

/// <summary>Logs as they come from outside, compared with what goaccess says of them.</summary>
public sealed class LogsThroughNginxTests : IDisposable
{
    private const int Lines = 120_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub logs ").FullName;

    private string Log => Path.Combine(_folder, "access.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_log_has_the_totals_that_goaccess_finds()
    {
        await File.WriteAllLinesAsync(Log, Generated(Lines).Concat(Hostile));
        await using var api = await ApiServer.StartAsync(_folder, ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")));
        await using var nginx = await NginxServer.StartInAsync(_folder, ("STATHUB_API", $"127.0.0.1:{api.Port}"));
        using var outside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{nginx.Port}") };
        outside.DefaultRequestHeaders.Authorization = api.Client.DefaultRequestHeaders.Authorization;

        new FileInfo(Log).Length.Should().BeGreaterThan(8_000_000, "nginx takes no other body of that length");
        using var sent = await outside.PostAsync("/api/v1/tenants/demo/logs", new StreamContent(File.OpenRead(Log)));
        var answer = await sent.Content.ReadFromJsonAsync<JsonElement>();
        sent.StatusCode.Should().Be(HttpStatusCode.OK, answer.ToString());

        (await api.HitsAsync("demo")).Should().Be(answer.GetProperty("entries").GetInt64());
        var goaccess = await GoAccessAsync();
        var general = goaccess.GetProperty("general");
        (general.GetProperty("valid_requests").GetInt64(), general.GetProperty("failed_requests").GetInt64())
            .Should().Be((answer.GetProperty("entries").GetInt64(), answer.GetProperty("refused").EnumerateObject().Sum(reason => reason.Value.GetInt64())));
        var count = await api.JsonAsync("/api/v1/tenants/demo/count?from=2026-02-01&to=2026-03-01");
        count.GetProperty("value").GetDecimal().Should().Be(general.GetProperty("bandwidth").GetInt64());
        Statuses(await api.JsonAsync("/api/v1/tenants/demo/top/status?limit=100&from=2026-02-01&to=2026-03-01")).Should().Equal(GoAccessStatuses(goaccess));

        // Once more, by request: another tenant does not know the log.
        using var byRequest = await outside.PostAsync("/api/v1/tenants/other/logs?key=%7Bmethod%7D%20%7Bpath%7D", new StreamContent(File.OpenRead(Log)));
        byRequest.StatusCode.Should().Be(HttpStatusCode.OK, await byRequest.Content.ReadAsStringAsync());
        (await api.HitsAsync("other")).Should().Be(answer.GetProperty("entries").GetInt64());
        var requests = await api.KeysAsync("other");
        requests.Should().Equal(GoAccessRequests(goaccess));
        requests.Count.Should().BeGreaterThan(500);
        var top = await api.JsonAsync("/api/v1/tenants/other/top/key?limit=10&from=2026-02-01&to=2026-03-01");
        var most = top.GetProperty("values").EnumerateArray().Select(value => (Name: value.GetProperty("name").GetString()!, Hits: value.GetProperty("hits").GetInt64())).ToList();
        most.Should().OnlyContain(request => requests[request.Name] == request.Hits);
        most.Select(request => request.Hits).Should().Equal(requests.Values.OrderDescending().Take(10));
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_an_import_loses_and_doubles_nothing()
    {
        await File.WriteAllLinesAsync(Log, Generated(Lines));
        await using var api = await ApiServer.StartAsync(_folder, ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")));
        for (var kill = 0; kill < 4; kill++)
        {
            var path = Path.Combine(_folder, "spool");
            var sending = api.Client.PostAsync("/api/v1/tenants/demo/logs", new StreamContent(File.OpenRead(Log)));
            await api.WaitAsync(() => Task.FromResult(sending.IsCompleted || Directory.GetFiles(path).Sum(file => new FileInfo(file).Length) > kill * 8_000_000), "the import is under way");
            await api.KillAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
            await api.StartAgainAsync();
        }

        using var whole = await api.Client.PostAsync("/api/v1/tenants/demo/logs", new StreamContent(File.OpenRead(Log)));
        whole.StatusCode.Should().Be(HttpStatusCode.OK);
        (await api.HitsAsync("demo")).Should().Be(Lines);
        using var again = await api.Client.PostAsync("/api/v1/tenants/demo/logs", new StreamContent(File.OpenRead(Log)));
        (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("lines").GetInt64().Should().Be(0);
        (await api.HitsAsync("demo")).Should().Be(Lines);
    }

    [Fact]
    public async Task A_kill_between_two_parts_of_an_import_loses_and_doubles_nothing()
    {
        await File.WriteAllLinesAsync(Log, Generated(Lines));
        await using var api = await ApiServer.StartAsync(_folder, ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")), ("StatHub__Logs__PartBytes", "1048576"));
        var random = new Random(4);
        for (var kill = 1; kill <= 5; kill++)
        {
            var sending = api.Client.PostAsync("/api/v1/tenants/demo/logs", new StreamContent(File.OpenRead(Log)));
            await api.WaitAsync(
                async () => sending.IsCompleted || (await api.JsonAsync("/api/v1/tenants/demo/count?from=2000-01-01")).GetProperty("hits").GetInt64() > kill * Lines / 10, "a part is counted");
            await Task.Delay(random.Next(200));
            sending.IsCompleted.Should().BeFalse("an import waits for its parts to be counted");
            await api.KillAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
            await api.StartAgainAsync();
        }

        using var whole = await api.Client.PostAsync("/api/v1/tenants/demo/logs", new StreamContent(File.OpenRead(Log)));
        var answer = await whole.Content.ReadFromJsonAsync<JsonElement>();
        answer.GetProperty("knownBytes").GetInt64().Should().BeInRange(new FileInfo(Log).Length / 2, new FileInfo(Log).Length - 1, "it went on behind the last part");
        (await api.HitsAsync("demo")).Should().Be(Lines);
        (await api.LedgerAsync()).Should().Equal(new Dictionary<string, long> { ["counted"] = Lines });
        using var again = await api.Client.PostAsync("/api/v1/tenants/demo/logs", new StreamContent(File.OpenRead(Log)));
        (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("lines").GetInt64().Should().Be(0);
        (await api.HitsAsync("demo")).Should().Be(Lines);
    }

    private static readonly string[] RequestLists = ["requests", "not_found", "static_requests"];

    private static readonly string[] Hostile =
    [
        "",
        "nonsense",
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "GET /\"quoted\" HTTP/1.1" 200 10 "-" "a \"b\" \\" """.TrimEnd(),
        """203.0.113.7 - - [99/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 10 "-" "x" """.TrimEnd(),
        """2001:db8::7 - - [22/Feb/2026:10:00:00 +0530] "PROPFIND /dav HTTP/2.0" 207 99 "-" "litmus" """.TrimEnd(),
        """::ffff:203.0.113.9 - frank [22/Feb/2026:10:00:00 -0330] "GET /h3 HTTP/3.0" 200 300 "-" "a\x22b" """.TrimEnd(),
        """203.0.113.7 - john doe [22/Feb/2026:10:00:00 +0000] "GET /caf%C3%A9/x?q=%00 HTTP/1.1" 401 8 "-" "-" """.TrimEnd(),
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "\x16\x03\x01\x00\xEE\x01\x00" 400 157 "-" "-" """.TrimEnd(),
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "" 400 0 "-" "-" """.TrimEnd(),
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "OPTIONS * HTTP/1.0" 200 126 "-" "-" """.TrimEnd(),
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "CONNECT example.org:443 HTTP/1.1" 405 5 "-" "-" """.TrimEnd(),
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "GET //double/x HTTP/1.1" 200 8 "-" "-" """.TrimEnd(),
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "GET /a b c HTTP/1.1" 200 8 "-" "\x1B[31m \xE2\x80\xAE" "more" 0.123""",
        $"""203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "GET /{new string('x', 3000)} HTTP/1.1" 414 0 "-" "-" """.TrimEnd(),
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1""",
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200""",
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 2x0 5 "-" "-" """.TrimEnd(),
        """203.0.113.7 - - [22/Foo/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-" """.TrimEnd(),
        """<script> - - [22/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-" """.TrimEnd(),
        """{"a":1}""",
    ];

    private static IEnumerable<string> Generated(int count)
    {
        var random = new Random(11);
        int[] statuses = [200, 200, 200, 200, 301, 304, 403, 404, 500, 502];
        for (var number = 0; number < count; number++)
        {
            var at = new DateTime(2026, 2, 21, 0, 0, 0, DateTimeKind.Utc).AddSeconds(number / 2);
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"203.0.{random.Next(256)}.{random.Next(256)} - - [{at:dd/MMM/yyyy:HH:mm:ss} +0000] \"GET /section{random.Next(30)}/page{random.Next(20) * random.Next(2)}?n={number} HTTP/1.1\" {statuses[random.Next(statuses.Length)]} {random.Next(100_000)} \"https://example.org/{random.Next(50)}\" \"Mozilla/5.0 (X11; Linux x86_64; rv:{100 + random.Next(40)}.0) Gecko/20100101 Firefox/140.0\"");
        }
    }

    private async Task<JsonElement> GoAccessAsync()
    {
        var report = Path.Combine(_folder, "goaccess.json");
        using var goaccess = Process.Start(new ProcessStartInfo(
            "goaccess", [Log, "--log-format=COMBINED", "--no-global-config", "--no-query-string", "--max-items=100000", "--invalid-requests=" + Path.Combine(_folder, "invalid"), "-o", report, "--no-progress"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        var said = await goaccess.StandardError.ReadToEndAsync();
        await goaccess.WaitForExitAsync();
        File.Exists(report).Should().BeTrue(said);
        return JsonDocument.Parse(await File.ReadAllBytesAsync(report)).RootElement;
    }

    /// <summary>Requests of all of its lists, as keys of <c>{method} {path}</c>. What is no request has no method there, and its text in the place of the path.</summary>
    private static Dictionary<string, long> GoAccessRequests(JsonElement report) => RequestLists
        .SelectMany(list => report.TryGetProperty(list, out var requests) ? requests.GetProperty("data").EnumerateArray().ToArray() : [])
        .GroupBy(request => KeyOf(request.GetProperty("method").GetString()!, request.GetProperty("data").GetString()!), request => request.GetProperty("hits").GetProperty("count").GetInt64())
        .ToDictionary(same => same.Key, same => same.Sum());

    private static string KeyOf(string method, string path)
    {
        if (method == "---")
            return "(none) (none)";
        var key = $"{method} {(path == "/" ? "(root)" : path.StartsWith('/') ? path[1..] : path)}".Replace("\\\"", "\"").Replace('/', '_');
        return key[..Math.Min(key.Length, 128)];
    }

    private static SortedDictionary<string, long> Statuses(JsonElement top) =>
        new(top.GetProperty("values").EnumerateArray().ToDictionary(value => value.GetProperty("name").GetString()!, value => value.GetProperty("hits").GetInt64()), StringComparer.Ordinal);

    private static SortedDictionary<string, long> GoAccessStatuses(JsonElement report) => new(
        report.GetProperty("status_codes").GetProperty("data").EnumerateArray().SelectMany(group => group.GetProperty("items").EnumerateArray())
            .ToDictionary(item => item.GetProperty("data").GetString()![..3], item => item.GetProperty("hits").GetProperty("count").GetInt64()),
        StringComparer.Ordinal);
}
