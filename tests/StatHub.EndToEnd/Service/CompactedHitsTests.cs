using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace StatHub.EndToEnd.Service;

/// <summary>The service compacts by itself, and what it sends of a compacted day is read by the programs that people use.</summary>
public sealed class CompactedHitsTests : IDisposable
{
    private const string Hits = "/api/v1/tenants/demo/keys/home/hits?from=2026-01-05&to=2026-01-06&format=ndjson";
    private static readonly DateTimeOffset Day = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub compacted ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Curl_zcat_and_dotnet_read_the_same_from_what_is_sent_as_it_is_stored()
    {
        Write("hits-2026-01-06-00-00.log", Lines("home", 12_000).Concat(Lines("other", 50)));
        await using var api = await ApiServer.StartAsync(_folder, ("StatHub__Compaction__Interval", "00:00:01"), ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")));
        (await api.HitsAsync("demo")).Should().Be(12_050);
        await api.KillAsync();
        await api.StartAgainAsync();
        var segments = Path.Combine(_folder, "segments");
        await api.WaitAsync(() => Task.FromResult(Directory.GetFiles(segments).Length == 0), "the day to be compacted");
        // A late hit in the middle: members around it go out as they are stored, one is compressed anew.
        Write("hits-2026-01-06-00-01.log", Lines("home", 1));
        (await api.HitsAsync("demo")).Should().Be(12_051);

        var plain = await CurlAsync(api, "cat");
        plain.Should().StartWith("12001 ");
        (await CurlAsync(api, "cat", "--compressed")).Should().Be(plain);
        (await CurlAsync(api, "zcat", "-H", "Accept-Encoding: gzip")).Should().Be(plain);
        using var client = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip }) { BaseAddress = api.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = api.Client.DefaultRequestHeaders.Authorization;
        var body = await client.GetByteArrayAsync(Hits);
        $"{body.Count(c => c == '\n')} {Convert.ToHexStringLower(SHA256.HashData(body))}".Should().Be(plain);
        api.Output.Should().Contain("Compacted 1 days of tenants with 12050 hits");
    }

    /// <summary>How many lines curl gets, behind another program, and their checksum.</summary>
    private static async Task<string> CurlAsync(ApiServer api, string behind, params string[] options)
    {
        var start = new ProcessStartInfo("sh", ["-c", $"curl -sSf \"$@\" | {behind} | tee \"$OUT\" | wc -l && sha256sum \"$OUT\"", "sh", .. options, "-H", $"Authorization: {api.Client.DefaultRequestHeaders.Authorization}", new Uri(api.Client.BaseAddress!, Hits).AbsoluteUri])
        {
            RedirectStandardOutput = true,
        };
        var file = Path.GetTempFileName();
        start.Environment["OUT"] = file;
        using var shell = Process.Start(start)!;
        var words = (await shell.StandardOutput.ReadToEndAsync()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        await shell.WaitForExitAsync();
        File.Delete(file);
        shell.ExitCode.Should().Be(0);
        return $"{words[0]} {words[1]}";
    }

    private void Write(string name, IEnumerable<string> lines)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "journal"));
        File.WriteAllText(Path.Combine(_folder, "journal", name), string.Concat(lines.Select(line => line + "\n")), new UTF8Encoding(false));
    }

    private static IEnumerable<string> Lines(string key, int count)
    {
        var random = new Random(count);
        for (var i = 0; i < count; i++)
        {
            var seconds = (Day.ToUnixTimeMilliseconds() / 1000m + (count == 1 ? 43_200 : i * 86_400m / count)).ToString("0.000", CultureInfo.InvariantCulture);
            yield return $$"""{"tenant":"demo","key":"{{key}}","msec":{{seconds}},"status":200,"args":"n={{random.NextInt64()}}","remote_addr":"203.0.113.9","http_user_agent":"agent {{random.NextInt64()}} {{random.NextInt64()}}"}""";
        }
    }
}
