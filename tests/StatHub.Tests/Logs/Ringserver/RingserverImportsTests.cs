using System.Text;
using System.Text.Json;
using StatHub.Core.Logs;
using StatHub.Core.Tenants;
using StatHub.Storage.Logs;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Logs.Ringserver;

public sealed class RingserverImportsTests : IDisposable
{
    private static readonly string Whole = string.Concat(RingserverSamples.Names[..2].Select(name => RingserverSamples.Read(name)));

    private readonly StoreFolder _folder = new();

    public RingserverImportsTests() => _folder.Time.Now = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_log_that_has_grown_by_any_line_goes_on_with_the_client_of_its_start()
    {
        var expected = RingserverSamples.Streams(Whole);
        for (var end = Whole.IndexOf('\n') + 1; end < Whole.Length; end = Whole.IndexOf('\n', end) + 1)
        {
            var grown = await ImportAsync(Whole[..end]);
            (grown.Report.BadLines, grown.Entries + grown.StreamLines).Should().Be((0, Whole[..end].TrimEnd('\n').Split('\n')[^1].StartsWith("END") ? 0 : 1));
            _folder.Restart();
        }
        (await ImportAsync(Whole)).Report.BadLines.Should().Be(0);

        Ingest();
        _folder.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = expected.Count });
        Hits().Should().BeEquivalentTo(expected.Select(stream => (stream.Station, stream.Bytes, stream.Packets)));
    }

    [Fact]
    public async Task A_start_that_was_cut_off_is_read_when_the_log_has_grown()
    {
        var log = RingserverSamples.Read(RingserverSamples.Names[1]);
        var cut = log.IndexOf("(SeedLink", StringComparison.Ordinal);

        (await ImportAsync(log[..cut])).Report.Refused.Should().Equal((LogReason.MissingField, 1));
        var grown = await ImportAsync(log);

        (grown.Report.Entries, grown.Report.BadLines).Should().Be((RingserverSamples.Streams(log).Count, 0));
    }

    [Fact]
    public async Task Wherever_a_log_is_cut_no_stream_is_counted_twice_and_at_most_the_cut_line_is_lost()
    {
        var log = RingserverSamples.Read(RingserverSamples.Names[1]);
        var bytes = RingserverSamples.Streams(log).Sum(stream => stream.Bytes);
        for (var cut = 1; cut < log.Length; cut += 3)
        {
            var tenant = $"t{cut}";
            _folder.Register(tenant);
            var first = await ImportAsync(log[..cut], tenant);
            var rest = await ImportAsync(log, tenant);

            (first.Report.Entries + rest.Report.Entries).Should().BeInRange(RingserverSamples.Streams(log).Count - 1, RingserverSamples.Streams(log).Count);
            (first.Report.Bytes + rest.Report.Bytes).Should().BeInRange(bytes - 21_504, bytes);
            rest.Report.BadLines.Should().Be(0);
        }
    }

    [Fact]
    public async Task Wherever_it_is_killed_each_stream_is_in_the_journal_once()
    {
        var end = Whole.IndexOf("G_CAN", StringComparison.Ordinal);
        await ImportAsync(Whole[..end]);
        // As if killed after it was noted and before it was moved: the file is still in the spool.
        var moved = Directory.GetFiles(_folder.Journal, "logs-*").Single();
        var content = File.ReadAllBytes(moved);
        _folder.RestartAfter(() =>
        {
            File.Delete(moved);
            File.WriteAllBytes(Path.Combine(_folder.Path, "spool", "part"), content);
            _folder.Shell("sqlite3 logs.db \"UPDATE import SET part = 'part'\"");
        });

        (await ImportAsync(Whole)).Report.BadLines.Should().Be(0);
        (await ImportAsync(Whole)).Report.Lines.Should().Be(0);
        Ingest();
        _folder.Hits(key: "ringserver").Should().Be(RingserverSamples.Streams(Whole).Count);
    }

    [Fact]
    public async Task What_is_said_of_the_key_goes_before_the_usual_one()
    {
        KeyRule.TryParse("transfers", out var key, out _).Should().BeTrue();
        await _folder.Store.LogImports.ImportAsync(TenantId.Parse("demo"), new LogRequest(LogFormat.Ringserver, key), new MemoryStream(Encoding.UTF8.GetBytes(Whole)), CancellationToken.None);

        Ingest();
        _folder.Hits(key: "transfers").Should().Be(RingserverSamples.Streams(Whole).Count);
    }

    private IEnumerable<(string, long, long)> Hits() => _folder.Raw().Select(line => JsonDocument.Parse(line).RootElement).Select(hit =>
        (RingserverLog.Dimension(hit, "station")!, hit.GetProperty("tv").GetInt64(), hit.GetProperty("packets").GetInt64()));

    private Task<LogImport> ImportAsync(string log, string tenant = "demo") => _folder.Store.LogImports.ImportAsync(
        TenantId.Parse(tenant), new LogRequest(LogFormat.Ringserver, null), new MemoryStream(Encoding.UTF8.GetBytes(log)), CancellationToken.None);

    private void Ingest() => _folder.Store.Tail.Run(CancellationToken.None);
}
