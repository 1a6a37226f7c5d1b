using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace StatHub.EndToEnd.Service;

/// <summary>A day of more lines than fit the memory: counted, compacted, verified and rebuilt.</summary>
public sealed class LittleMemoryTests : IDisposable
{
    private const int Lines = 300_000;

    /// <summary>What the heap has in a container of 200 MB, in hexadecimal bytes.</summary>
    private const string Heap = "0x5F5E100";

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub memory ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_log_of_a_long_day_goes_through_a_heap_of_100_megabytes()
    {
        await using var api = await ApiServer.StartAsync(
            _folder, ("StatHub__Nginx__PidFile", Path.Combine(_folder, "nginx.pid")), ("DOTNET_GCHeapHardLimit", Heap), ("StatHub__Compaction__Enabled", "false"));

        using var sent = await api.Client.PostAsync("/api/v1/tenants/demo/logs?key=home", new ByteArrayContent(Packed()));

        sent.StatusCode.Should().Be(HttpStatusCode.OK, await sent.Content.ReadAsStringAsync());
        (await api.HitsAsync("demo")).Should().Be(Lines);
        var count = await api.JsonAsync("/api/v1/tenants/demo/count?from=2026-02-01&to=2026-03-01");
        await DoAsync(api, "compact");
        Directory.GetFiles(Path.Combine(_folder, "segments")).Should().BeEmpty("the day is in one file");
        (await DoAsync(api, "verify")).GetProperty("verified").GetProperty("clean").GetBoolean().Should().BeTrue();
        await DoAsync(api, "rebuild");
        (await DoAsync(api, "verify")).GetProperty("verified").GetProperty("clean").GetBoolean().Should().BeTrue();
        (await RawLinesAsync(api)).Should().Be(Lines);
        (await api.JsonAsync("/api/v1/tenants/demo/count?from=2026-02-01&to=2026-03-01")).GetProperty("visitors").GetInt64().Should().Be(count.GetProperty("visitors").GetInt64());
        api.Output.Should().NotContain("OutOfMemory");
    }

    /// <summary>Has a job done, and done well.</summary>
    private static async Task<JsonElement> DoAsync(ApiServer api, string kind)
    {
        using var asked = await api.Client.PostAsJsonAsync("/api/v1/jobs", new { kind });
        asked.StatusCode.Should().Be(HttpStatusCode.Accepted);
        JsonElement job = default;
        await api.WaitAsync(
            async () =>
            {
                job = await api.JsonAsync(asked.Headers.Location!.ToString());
                return job.GetProperty("state").GetString() is not ("queued" or "running");
            },
            kind);
        job.GetProperty("state").GetString().Should().Be("done", job.ToString());
        return job;
    }

    private static async Task<long> RawLinesAsync(ApiServer api)
    {
        await using var body = await api.Client.GetStreamAsync("/api/v1/tenants/demo/hits?from=2026-02-21&to=2026-02-22&format=ndjson");
        var block = new byte[1 << 16];
        long lines = 0;
        for (var read = await body.ReadAsync(block); read > 0; read = await body.ReadAsync(block))
            lines += block.AsSpan(0, read).Count((byte)'\n');
        return lines;
    }

    private static byte[] Packed()
    {
        var random = new Random(7);
        using var packed = new MemoryStream();
        using (var lines = new StreamWriter(new GZipStream(packed, CompressionLevel.Fastest), Encoding.ASCII))
        {
            for (var number = 0; number < Lines; number++)
            {
                var at = new DateTime(2026, 2, 21, 0, 0, 0, DateTimeKind.Utc).AddSeconds(number * 86_000L / Lines);
                lines.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"203.0.{random.Next(256)}.{random.Next(256)} - - [{at:dd/MMM/yyyy:HH:mm:ss} +0000] \"GET /page{random.Next(20)}?n={random.NextInt64()} HTTP/1.1\" 200 {random.Next(100_000)} \"https://example.org/{random.Next(5_000)}?q={random.NextInt64()}\" \"Mozilla/5.0 (X11; Linux x86_64; rv:{100 + random.Next(40)}.0) Gecko/20100101 Firefox/140.0\"\n"));
            }
        }
        return packed.ToArray();
    }
}
