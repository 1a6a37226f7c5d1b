using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StatHub.Core.Logs.Ringserver;
using StatHub.Core.Tokens;
using StatHub.Tests.Dimensions;
using StatHub.Tests.Logs.Ringserver;

namespace StatHub.Tests.Server;

public sealed class RingserverLogTests : IDisposable
{
    private const string Tenant = "seismo";

    // Of the point that the file of places has, by http://geohash.org.
    private const string Geohash = "u0h0fn6g0g0k";

    private readonly WholeApi _api = new();

    public RingserverLogTests()
    {
        var places = new MaxMindFile();
        places.Network("127.0.0.0/8", places.Value(PlaceTests.Nested("Grenoble", 45.1667, 5.7167)));
        var file = Path.Combine(_api.Folder, "places.mmdb");
        File.WriteAllBytes(file, places.Bytes());
        _api.Settings["StatHub:Countries:Database"] = file;
    }

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Sums_of_days_and_months_are_those_of_a_plain_reader()
    {
        _api.Register(Tenant);
        // The same client and streams in another month, and some that were received.
        var months = RingserverSamples.Read(RingserverSamples.Names[0]).Replace("2026-11-22", "2026-10-31");
        var received = RingserverSamples.Read(RingserverSamples.Names[1]).Replace("-22T", "-21T").Replace("TX", "RX").Replace("localhost", "my_host.example");
        var logs = RingserverSamples.Names.Select(name => RingserverSamples.Read(name)).Append(months).Append(received).ToArray();
        foreach (var log in logs)
            (await PostAsync(log)).GetProperty("badLines").GetInt64().Should().Be(0);

        var streams = logs.SelectMany(RingserverSamples.Streams).ToList();
        foreach (var (dimension, value) in Dimensions)
        {
            (await SumsAsync(dimension, "day")).Should().Equal(Plain(streams, stream => stream.Day, value), dimension);
            (await SumsAsync(dimension, "month")).Should().Equal(Plain(streams, stream => stream.Day[..7] + "-01", value), dimension);
        }
        streams.Sum(stream => stream.Bytes).Should().Be((await AskAsync("keys/ringserver/count?from=2026-10-01")).GetProperty("value").GetInt64());
    }

    [Fact]
    public async Task The_answer_tells_entries_streams_bytes_and_bad_lines_and_a_file_counts_once()
    {
        _api.Register(Tenant);
        var log = RingserverSamples.Read(RingserverSamples.Names[0]).Replace(" 1536 3", " many 3").Replace("bytes: 21504", "bytes: 21505");

        var answer = await PostAsync(log);
        var again = await PostAsync(log, "auto");

        (answer.GetProperty("format").GetString(), answer.GetProperty("lines").GetInt64(), answer.GetProperty("entries").GetInt64()).Should().Be(("ringserver", 12, 3));
        (answer.GetProperty("streamLines").GetInt64(), answer.GetProperty("bytes").GetInt64(), answer.GetProperty("badLines").GetInt64()).Should().Be((5, 50_176, 3));
        answer.GetProperty("refused").GetRawText().Should().Be("""{"bad_bytes":1,"bad_sum":2}""");
        answer.GetProperty("samples").EnumerateArray().Select(sample => $"{sample.GetProperty("line")} {sample.GetProperty("reason")}").Should().Equal("5 bad_bytes", "7 bad_sum", "12 bad_sum");
        (again.GetProperty("lines").GetInt64(), again.GetProperty("knownBytes").GetInt64()).Should().Be((0, log.Length));
        (await AskAsync("count?from=2026-11-22")).GetProperty("hits").GetInt64().Should().Be(5);
        var ledger = await WholeApi.JsonAsync(await _api.Client().GetAsync($"/api/v1/ledger?tenant={Tenant}"));
        ledger.GetProperty("counted").GetInt64().Should().Be(5);
        ledger.GetProperty("rejected").GetRawText().Should().Be("""{"log_bad_bytes":1,"log_bad_sum":2}""");
        var sums = await WholeApi.JsonAsync(await _api.Client().GetAsync("/api/v1/ledger/rejected?reason=log_bad_sum"));
        sums.EnumerateArray().Select(sample => sample.GetProperty("line").GetString()).Should().Equal(
            $$"""{"tenant":"{{Tenant}}","log":"ringserver","refused":"bad_sum","line":7}""", $$"""{"tenant":"{{Tenant}}","log":"ringserver","refused":"bad_sum","line":12}""");
    }

    [Fact]
    public async Task A_raw_hit_has_its_packets_and_place_and_no_name_of_a_host()
    {
        _api.Register(Tenant);
        await PostAsync(RingserverSamples.Read(RingserverSamples.Names[1]));

        var hit = (await AskAsync("hits?from=2026-11-22&to=2026-11-23"))[0];

        (hit.GetProperty("packets").GetInt64(), hit.GetProperty("country").GetString(), hit.GetProperty("remote_addr").GetString()).Should().Be((42, "FR", "127.0.0.0"));
        hit.GetProperty("args").GetString().Should().Contain("d.city=Grenoble").And.Contain($"d.geohash={Geohash}").And.Contain("d.agent=Client&");
        hit.GetRawText().Should().Contain("\"remote_host\":\"\"").And.NotContain("localhost").And.NotContain("\"bot\"");
    }

    [Theory]
    [InlineData("truncated", "127.0.0.0", "")]
    [InlineData("none", "", "")]
    [InlineData("full", "127.0.0.1", "localhost")]
    public async Task Names_of_hosts_are_treated_as_addresses_and_hashed_with_the_key(string addresses, string address, string host)
    {
        const string key = "a key of this service";
        _api.Settings["StatHub:Privacy:Addresses"] = addresses;
        _api.Settings["StatHub:Logs:HostHashKey"] = key;
        _api.Register(Tenant);
        await PostAsync(RingserverSamples.Read(RingserverSamples.Names[2]));

        var hit = (await AskAsync("hits?from=2026-11-22&to=2026-11-23"))[0];

        (hit.GetProperty("remote_addr").GetString(), hit.GetProperty("remote_host").GetString()).Should().Be((address, host));
        hit.GetProperty("args").GetString().Should().EndWith("d.hosthash=" + Uri.EscapeDataString(new HostHash(key).Of("localhost"u8)));
    }

    [Fact]
    public void A_key_that_is_too_short_stops_the_start()
    {
        _api.Settings["StatHub:Logs:HostHashKey"] = "short";

        _api.Invoking(api => api.Store).Should().Throw<OptionsValidationException>().WithMessage("*HostHashKey*16*");
    }

    private static IEnumerable<(string Dimension, Func<SampleStream, string> Value)> Dimensions =>
    [
        ("d.network", stream => stream.Network),
        ("d.station", stream => stream.Station),
        ("d.location", stream => stream.Location),
        ("d.channel", stream => stream.Channel),
        ("d.direction", stream => stream.Direction),
        ("d.agent", stream => stream.Agent),
        ("d.city", _ => "Grenoble"),
        ("d.geohash", _ => Geohash),
        ("d.hosthash", stream => HostHash.Unkeyed.Of(Encoding.UTF8.GetBytes(stream.Host))),
        ("country", _ => "FR"),
    ];

    private static IEnumerable<string> Plain(List<SampleStream> streams, Func<SampleStream, string> step, Func<SampleStream, string> value) => streams
        .GroupBy(stream => (step(stream), value(stream)))
        .Select(group => $"{group.Key.Item1} {group.Key.Item2} {group.Count()} {group.Sum(stream => stream.Bytes)}").Order(StringComparer.Ordinal);

    private async Task<IEnumerable<string>> SumsAsync(string dimension, string step)
    {
        var sums = await AskAsync($"sums?by={dimension}&step={step}&from=2026-10-01&to=2026-12-01");
        return sums.GetProperty("rows").EnumerateArray()
            .Select(row => $"{row.GetProperty("start").GetString()![..10]} {row.GetProperty("values").GetProperty(dimension).GetString()} {row.GetProperty("hits")} {row.GetProperty("value")}").Order(StringComparer.Ordinal);
    }

    private async Task<JsonElement> AskAsync(string question) =>
        await WholeApi.JsonAsync(await _api.Client().GetAsync($"/api/v1/tenants/{Tenant}/{question}&fresh=true"));

    private async Task<JsonElement> PostAsync(string log, string format = "ringserver")
    {
        // As wget --post-file sends it.
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(log)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } };
        using var answer = await _api.Client(_api.Token(TokenScopes.Write, Tenant)).PostAsync($"/api/v1/tenants/{Tenant}/logs?format={format}", content);
        answer.EnsureSuccessStatusCode();
        return await WholeApi.JsonAsync(answer);
    }
}
