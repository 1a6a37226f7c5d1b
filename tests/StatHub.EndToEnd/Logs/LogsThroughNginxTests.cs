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

    private static readonly string[] Hostile =
    [
        "",
        "nonsense",
        """203.0.113.7 - - [22/Feb/2026:10:00:00 +0000] "GET /\"quoted\" HTTP/1.1" 200 10 "-" "a \"b\" \\" """.TrimEnd(),
        """203.0.113.7 - - [99/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 10 "-" "x" """.TrimEnd(),
        """2001:db8::7 - - [22/Feb/2026:10:00:00 +0530] "PROPFIND /dav HTTP/2.0" 207 99 "-" "litmus" """.TrimEnd(),
    ];

    private static IEnumerable<string> Generated(int count)
    {
        var random = new Random(11);
        int[] statuses = [200, 200, 200, 200, 301, 304, 403, 404, 500, 502];
        for (var number = 0; number < count; number++)
        {
            var at = new DateTime(2026, 2, 21, 0, 0, 0, DateTimeKind.Utc).AddSeconds(number / 2);
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"203.0.{random.Next(256)}.{random.Next(256)} - - [{at:dd/MMM/yyyy:HH:mm:ss} +0000] \"GET /section{random.Next(30)}/page{random.Next(1000)}?n={number} HTTP/1.1\" {statuses[random.Next(statuses.Length)]} {random.Next(100_000)} \"https://example.org/{random.Next(50)}\" \"Mozilla/5.0 (X11; Linux x86_64; rv:{100 + random.Next(40)}.0) Gecko/20100101 Firefox/140.0\"");
        }
    }

    private async Task<JsonElement> GoAccessAsync()
    {
        var report = Path.Combine(_folder, "goaccess.json");
        using var goaccess = Process.Start(new ProcessStartInfo(
            "goaccess", [Log, "--log-format=COMBINED", "--no-global-config", "--invalid-requests=" + Path.Combine(_folder, "invalid"), "-o", report, "--no-progress"])
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

    private static SortedDictionary<string, long> Statuses(JsonElement top) =>
        new(top.GetProperty("values").EnumerateArray().ToDictionary(value => value.GetProperty("name").GetString()!, value => value.GetProperty("hits").GetInt64()), StringComparer.Ordinal);

    private static SortedDictionary<string, long> GoAccessStatuses(JsonElement report) => new(
        report.GetProperty("status_codes").GetProperty("data").EnumerateArray().SelectMany(group => group.GetProperty("items").EnumerateArray())
            .ToDictionary(item => item.GetProperty("data").GetString()![..3], item => item.GetProperty("hits").GetProperty("count").GetInt64()),
        StringComparer.Ordinal);
}
