using System.Text.RegularExpressions;
using StatHub.Core.Journal;
using StatHub.Server.Http;
using StatHub.Server.Metrics;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed partial class MetricsTests : IClassFixture<StatHubApi>
{
    private readonly StatHubApi _api;

    public MetricsTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    [Fact]
    public async Task Lines_are_there_by_outcome_and_every_reason_has_its_own()
    {
        _api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon), JournalLine.Of("demo", "home", StatHubApi.Noon, status: 429), "torn");

        var text = await _api.Anonymous().GetStringAsync("/metrics");

        text.Should().Contain("stathub_lines_total{outcome=\"counted\"} 1\n")
            .And.Contain("stathub_lines_total{outcome=\"flood\"} 1\n")
            .And.Contain("stathub_lines_total{outcome=\"malformed\"} 1\n");
        foreach (var reason in RejectReasons.All)
            text.Should().Contain($"stathub_lines_total{{outcome=\"{reason.Name()}\"}} ");
    }

    [Fact]
    public async Task Pending_bytes_and_the_lag_are_there()
    {
        _api.Journal.Write(new string('x', 99));
        _api.Time.Now = StatHubApi.Noon.AddSeconds(90);

        (await _api.Anonymous().GetStringAsync("/metrics")).Should()
            .Contain("stathub_journal_pending_bytes 100\n").And.Contain("stathub_journal_lag_seconds 90\n").And.Contain("stathub_journal_problems 0\n");
    }

    [Fact]
    public async Task Watermarks_stand_beside_what_they_are_of()
    {
        var text = await _api.Anonymous().GetStringAsync("/metrics");

        text.Should().MatchRegex("stathub_disk_free_bytes\\{of=\"data folder\"\\} [0-9]+\n").And.Contain("stathub_disk_least_free_bytes 268435456\n")
            .And.Contain("stathub_journal_most_pending_bytes 4294967296\n");
    }

    [Fact]
    public async Task Requests_are_metered_by_route_and_not_by_address()
    {
        await _api.Client().GetAsync("/api/v1/tenants/demo/keys/secret-key/count");
        await _api.Client().GetAsync("/api/v1/tenants/demo/keys/other-key/count?x=1");
        await _api.Client().GetAsync("/no-such-address");

        var text = await _api.Anonymous().GetStringAsync("/metrics");

        text.Should().Contain("stathub_http_request_duration_seconds_count{method=\"GET\",route=\"/api/v1/tenants/{tenant}/keys/{key}/count\",status=\"200\"} 1\n")
            .And.Contain("route=\"/api/v1/tenants/{tenant}/keys/{key}/count\",status=\"400\",le=\"+Inf\"} 1\n")
            .And.Contain("route=\"unknown\",status=\"404\"")
            .And.NotContain("secret-key").And.NotContain("no-such-address");
    }

    [Fact]
    public async Task Every_line_is_the_text_format_of_Prometheus()
    {
        var lines = (await _api.Anonymous().GetStringAsync("/metrics")).TrimEnd('\n').Split('\n');

        lines.Should().OnlyContain(line => Comment().IsMatch(line) || Sample().IsMatch(line));
        lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Should().OnlyHaveUniqueItems();
        lines.Should().Contain(line => line.StartsWith("process_cpu_seconds_total ", StringComparison.Ordinal))
            .And.Contain(line => line.StartsWith("process_resident_memory_bytes ", StringComparison.Ordinal));
    }

    [Fact]
    public void Buckets_of_a_histogram_are_cumulated()
    {
        var meter = new RouteMeter();
        foreach (var milliseconds in (double[])[0.5, 1, 3, 700, 20_000])
            meter.Add(TimeSpan.FromMilliseconds(milliseconds));

        meter.Cumulated().Should().Equal(2, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5);
        meter.Seconds.Should().Be(20.7045);
    }

    [Fact]
    public void Labels_are_escaped() =>
        new PrometheusText().Sample("x", 1, ("a", "q\"b\\s\nn")).ToString().Should().Be("x{a=\"q\\\"b\\\\s\\nn\"} 1\n");

    [GeneratedRegex("^# (HELP|TYPE) [a-z_]+ .+$")]
    private static partial Regex Comment();

    [GeneratedRegex("^[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9.E+-]+$")]
    private static partial Regex Sample();
}
