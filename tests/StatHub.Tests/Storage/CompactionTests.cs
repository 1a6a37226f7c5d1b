using System.IO.Compression;
using System.Text.Json;
using StatHub.Core.Tenants;
using StatHub.Storage.Compaction;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage;

public sealed partial class CompactionTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly DateTimeOffset Yesterday = DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now).AddDays(-1);

    private readonly StoreFolder _folder = new(pendingValues: 0);

    private string Segments => Path.Combine(_folder.Path, "segments");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_finished_day_becomes_one_file_sorted_by_key_and_time_and_young_segments_go()
    {
        _folder.Ingest(Hit("b", 5, "1"), Hit("a", 7, "2"), Hit("b", 1, "3"), Lines.Hit(tenant: "other", key: "x", at: Yesterday.ToUnixTimeSeconds()));
        _folder.Ingest(Hit("a", 3, "4"), Hit("b", 5, "5"));
        var before = _folder.Raw();

        var result = await CompactAsync();

        result.Should().BeEquivalentTo(new { Days = 2, Lines = 6L, SegmentsRemoved = 1, Problems = Array.Empty<string>() });
        Files().Should().Equal("demo/2026-09-20.1.jsonl.gz", "other/2026-09-20.2.jsonl.gz", "removed-segments/0000000001.jsonl.gz");
        Unzipped("demo/2026-09-20.1.jsonl.gz").Select(Number).Should().Equal("4", "2", "3", "1", "5");
        _folder.Raw().Should().Equal(before);
        _folder.Raw(key: "b").Select(Number).Should().Equal("3", "1", "5");
        _folder.Restart();
        _folder.Raw().Should().Equal(before);
    }

    [Fact]
    public async Task A_day_that_is_not_over_long_enough_is_left()
    {
        _folder.Ingest(Lines.Hit(), Hit("a", 1, "1"));
        var end = new DateTimeOffset(Yesterday.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

        _folder.Time.Now = end.AddHours(2).AddSeconds(-1);
        (await CompactAsync()).Days.Should().Be(0);
        _folder.Time.Now = end.AddHours(2);
        (await CompactAsync()).Days.Should().Be(1);
        Files().Should().Equal("0000000001.jsonl.gz", "demo/2026-09-20.1.jsonl.gz");
        _folder.Raw().Should().HaveCount(2);
    }

    [Fact]
    public async Task What_was_counted_just_now_is_compacted_when_somebody_asks_for_it()
    {
        using var folder = new StoreFolder();
        folder.AppendLines(Hit("a", 1, "1"));
        folder.Store.Tail.Run(CancellationToken.None);
        var request = new CompactionRequest { After = TimeSpan.Zero };

        (await folder.Store.Compaction.RunAsync(request, null, CancellationToken.None)).Days.Should().Be(0, "its sums by dimension wait in memory");
        (await folder.Store.Compaction.RunAsync(request with { WritesWaiting = true }, null, CancellationToken.None)).Days.Should().Be(1);
    }

    [Fact]
    public async Task Late_hits_are_read_with_the_compacted_ones_and_the_day_is_compacted_again_a_day_later()
    {
        _folder.Ingest(Hit("b", 5, "1"), Hit("a", 7, "2"));
        await CompactAsync();
        _folder.Ingest(Hit("b", 5, "3"), Hit("a", 6, "4"));

        _folder.Raw().Select(Number).Should().Equal("1", "3", "4", "2");
        _folder.Time.Now += TimeSpan.FromHours(23);
        (await CompactAsync()).Days.Should().Be(0);
        _folder.Time.Now += TimeSpan.FromHours(1);
        (await CompactAsync()).Days.Should().Be(1);

        Files().Should().Equal("demo/2026-09-20.2.jsonl.gz", "removed-segments/0000000001.jsonl.gz", "removed-segments/0000000002.jsonl.gz");
        Unzipped("demo/2026-09-20.2.jsonl.gz").Select(Number).Should().Equal("4", "2", "1", "3");
        _folder.Raw().Select(Number).Should().Equal("1", "3", "4", "2");
    }

    [Fact]
    public async Task What_young_segments_told_of_their_batches_is_kept_and_is_the_ledger()
    {
        _folder.Ingest(Hit("a", 1, "1"), "nonsense", Lines.Hit(tenant: "nobody"));
        _folder.Time.Now += TimeSpan.FromMinutes(3);
        _folder.Ingest(Hit("b", 2, "2"), Hit("c/d", 2, "3"));
        _folder.Ingest(Hit("b", 3, "4"));
        await CompactAsync();

        var minutes = Unzipped("removed-segments/0000000001.jsonl.gz").Select(line => JsonDocument.Parse(line).RootElement).ToList();
        minutes.Select(minute => (minute.GetProperty("firstBatch").GetInt64(), minute.GetProperty("lastBatch").GetInt64())).Should().Equal((1, 1), (2, 3));
        var kept = minutes.SelectMany(minute => minute.GetProperty("outcomes").EnumerateArray().Select(outcome => (
            Minute: minute.GetProperty("minute").GetInt64(),
            Tenant: outcome.TryGetProperty("tenant", out var tenant) ? tenant.GetString()! : "",
            Outcome: outcome.GetProperty("outcome").GetString()!,
            Lines: outcome.GetProperty("lines").GetInt64())));
        kept.Should().BeEquivalentTo(new[] { (0, "demo", "counted", 1L), (0, "", "malformed", 1), (0, "", "unknown_tenant", 1), (3, "demo", "counted", 2), (3, "demo", "bad_key", 1) }
            .Select(one => (Minute: Lines.Now / 60_000 + one.Item1, Tenant: one.Item2, Outcome: one.Item3, Lines: one.Item4)));
        var file = minutes[1].GetProperty("files")[0];
        (file.GetProperty("name").GetString(), file.GetProperty("to").GetInt64()).Should().Be(("hits.log", new FileInfo(_folder.Live).Length));
        _folder.Ledger().Values.Sum().Should().Be(6);
    }

    [Fact]
    public async Task A_day_waits_while_sums_by_dimension_of_it_are_in_memory_only()
    {
        using var folder = new StoreFolder();
        folder.AppendLines(Hit("a", 1, "1"));
        folder.Store.Tail.Run(CancellationToken.None);

        (await folder.Store.Compaction.RunAsync(new CompactionRequest(), null, CancellationToken.None)).Days.Should().Be(0);
        folder.Restart();
        (await folder.Store.Compaction.RunAsync(new CompactionRequest(), null, CancellationToken.None)).Days.Should().Be(1);
    }

    [Fact]
    public async Task A_compaction_that_is_stopped_leaves_nothing_half_and_is_made_by_the_next()
    {
        using var stop = new CancellationTokenSource();
        _folder.Ingest([.. Enumerable.Range(0, 800).Select(i => Hit($"k{i % 7}", i, $"{i}"))]);
        _folder.OnCompactionStep = step =>
        {
            if (step == CompactionStep.PartSorted)
                stop.Cancel();
        };
        var run = () => _folder.Store.Compaction.RunAsync(new CompactionRequest { SortBytes = 20_000 }, null, stop.Token);
        await run.Should().ThrowAsync<OperationCanceledException>();

        Files().Should().Equal("0000000001.jsonl.gz");
        (await CompactAsync()).Lines.Should().Be(800);
    }

    private Task<CompactionResult> CompactAsync(int sortBytes = 48 * 1024 * 1024) =>
        _folder.Store.Compaction.RunAsync(new CompactionRequest { SortBytes = sortBytes }, null, CancellationToken.None);

    private List<string> Files() =>
        [.. Directory.GetFiles(Segments, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Segments, file)).Order(StringComparer.Ordinal)];

    private string[] Unzipped(string file)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Segments, file)), CompressionMode.Decompress));
        return lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Hit(string key, int milliseconds, string number) =>
        Lines.Hit(key: key, at: Yesterday.AddMilliseconds(milliseconds).ToUnixTimeMilliseconds() / 1000.0, args: $"n={number}");

    private static string Number(string line) => JsonDocument.Parse(line).RootElement.GetProperty("args").GetString()![2..];
}
