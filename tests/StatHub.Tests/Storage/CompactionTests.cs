using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Compaction;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

public sealed class CompactionTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly DateTimeOffset Yesterday = DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now).AddDays(-1);

    private readonly StoreFolder _folder = new(pendingValues: 0);

    private string Segments => Path.Combine(_folder.Path, "segments");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_finished_day_becomes_one_file_sorted_by_key_and_time_and_young_segments_go()
    {
        Ingest(Hit("b", 5, "1"), Hit("a", 7, "2"), Hit("b", 1, "3"), Lines.Hit(tenant: "other", key: "x", at: Yesterday.ToUnixTimeSeconds()));
        Ingest(Hit("a", 3, "4"), Hit("b", 5, "5"));
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
        Ingest(Lines.Hit(), Hit("a", 1, "1"));
        var end = new DateTimeOffset(Yesterday.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

        _folder.Time.Now = end.AddHours(2).AddSeconds(-1);
        (await CompactAsync()).Days.Should().Be(0);
        _folder.Time.Now = end.AddHours(2);
        (await CompactAsync()).Days.Should().Be(1);
        Files().Should().Equal("0000000001.jsonl.gz", "demo/2026-09-20.1.jsonl.gz");
        _folder.Raw().Should().HaveCount(2);
    }

    [Fact]
    public async Task Late_hits_are_read_with_the_compacted_ones_and_the_day_is_compacted_again_a_day_later()
    {
        Ingest(Hit("b", 5, "1"), Hit("a", 7, "2"));
        await CompactAsync();
        Ingest(Hit("b", 5, "3"), Hit("a", 6, "4"));

        _folder.Raw().Select(Number).Should().Equal("1", "3", "4", "2");
        _folder.Time.Now += TimeSpan.FromHours(23);
        (await CompactAsync()).Days.Should().Be(0);
        _folder.Time.Now += TimeSpan.FromHours(1);
        (await CompactAsync()).Days.Should().Be(1);

        Files().Should().Equal("demo/2026-09-20.2.jsonl.gz", "removed-segments/0000000001.jsonl.gz", "removed-segments/0000000002.jsonl.gz");
        Unzipped("demo/2026-09-20.2.jsonl.gz").Select(Number).Should().Equal("4", "2", "1", "3");
        _folder.Raw().Select(Number).Should().Equal("1", "3", "4", "2");
    }

    [Theory]
    [InlineData(200, 48 * 1024 * 1024)]
    [InlineData(3_000, 100_000)]
    public async Task Whatever_is_asked_the_answer_is_that_of_before(int keys, int sortBytes)
    {
        var random = new Random(keys);
        var oracle = new MemoryStore(_folder.Time);
        oracle.TryCreate(new Tenant(Demo, "demo", null, Yesterday.AddYears(-1)));
        void Add(int count)
        {
            // A few keys have megabytes, most have little; instants come several times.
            var lines = Enumerable.Range(0, count).Select(i => Lines.Hit(
                key: random.Next(2) == 0 ? $"big{random.Next(3)}" : $"k{random.Next(keys)}", at: Yesterday.ToUnixTimeSeconds() + random.Next(20_000) * 0.001, args: $"n={random.Next()}")).ToArray();
            oracle.Ingest(lines);
            Ingest(lines);
        }
        Add(6_000);
        Add(3_000);
        var cursors = Enumerable.Range(0, 4).Select(_ => Positions(random.Next(1, 8_000))).ToList();
        await CompactAsync(sortBytes: sortBytes);
        AssertEqual(oracle, random);
        foreach (var (seen, position) in cursors)
            _folder.Raw(after: position).Select(Number).Should().Equal(Numbers(oracle, null).Skip(seen), "a cursor of before goes on");
        var early = Numbers(oracle, null);
        Add(500);
        AssertEqual(oracle, random);
        AssertGoOn();
        _folder.Time.Now += TimeSpan.FromDays(2);
        (await CompactAsync(sortBytes: sortBytes)).Days.Should().Be(1);
        AssertEqual(oracle, random);
        AssertGoOn();

        void AssertGoOn()
        {
            foreach (var (seen, position) in cursors)
                _folder.Raw(after: position).Select(Number).Where(early.ToHashSet().Contains).Should().Equal(early.Skip(seen), "late hits of its millisecond do not move a cursor");
        }
    }

    [Fact]
    public async Task A_reader_goes_on_with_the_files_it_began_with()
    {
        Ingest([.. Enumerable.Range(0, 50).Select(i => Hit($"k{i % 3}", i, $"{i}"))]);
        using (var old = _folder.Store.RawHits.Open(new HitScope(Demo), MinuteRange.All, null))
        {
            var first = Text(old.Read(7));
            await CompactAsync();
            using var newer = _folder.Store.RawHits.Open(new HitScope(Demo), MinuteRange.All, null);
            Ingest(Hit("k1", 3, "late"));
            _folder.Time.Now += TimeSpan.FromDays(2);
            (await CompactAsync()).Days.Should().Be(1);

            Files().Should().HaveCount(3, "the young segment and both compacted files are read");
            (first + ReadAll(old)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Number).Should().Equal(Enumerable.Range(0, 50).Select(i => $"{i}"));
            ReadAll(newer).Should().NotContain("late").And.HaveLength(_folder.Raw().Where(line => !line.Contains("late", StringComparison.Ordinal)).Sum(line => line.Length + 1));
        }
        (await CompactAsync()).SegmentsRemoved.Should().Be(1);
        Files().Should().Equal("demo/2026-09-20.2.jsonl.gz", "removed-segments/0000000001.jsonl.gz");
        _folder.Raw().Should().HaveCount(51);
    }

    [Fact]
    public async Task Erasing_a_tenant_removes_its_compacted_files()
    {
        Ingest(Hit("secret", 1, "1"), Lines.Hit(tenant: "other", key: "kept", at: Yesterday.ToUnixTimeSeconds()));
        await CompactAsync();
        Ingest(Hit("secret", 2, "2"));

        _folder.Store.Tenants.Erase(Demo).Should().BeTrue();

        Files().Where(file => file.StartsWith("demo", StringComparison.Ordinal)).Should().BeEmpty();
        Directory.GetDirectories(Segments).Should().NotContain(folder => folder.Contains("demo"));
        Files().SelectMany(Unzipped).Should().NotContain(line => line.Contains("secret"));
        _folder.Raw("other").Should().HaveCount(1);
        _folder.Restart();
        _folder.Raw("other").Should().HaveCount(1);
    }

    [Theory]
    [InlineData(CompactionStep.Planned)]
    [InlineData(CompactionStep.PartSorted)]
    [InlineData(CompactionStep.MemberWritten)]
    [InlineData(CompactionStep.FileSynced)]
    [InlineData(CompactionStep.FileNamed)]
    [InlineData(CompactionStep.Switched)]
    public async Task An_erase_while_its_day_is_compacted_leaves_nothing(CompactionStep step)
    {
        Ingest([.. Enumerable.Range(0, 800).Select(i => Hit($"secret{i % 7}", i, $"{i}")), Lines.Hit(tenant: "other", key: "kept", at: Yesterday.ToUnixTimeSeconds())]);
        _folder.OnCompactionStep = now =>
        {
            if (now == step && _folder.Store.Tenants.Find(Demo) is not null)
                _folder.Store.Tenants.Erase(Demo);
        };

        (await CompactAsync(sortBytes: 20_000)).Problems.Should().BeEmpty();

        _folder.Store.Tenants.Find(Demo).Should().BeNull();
        Files().SelectMany(Unzipped).Should().NotContain(line => line.Contains("secret")).And.ContainSingle(line => line.Contains("kept"));
        Files().Should().NotContain(file => file.Contains("demo"));
        _folder.Restart();
        _folder.Raw("other").Should().HaveCount(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Damage_anywhere_in_a_member_is_said_with_its_file(bool hasOneKey)
    {
        Ingest([.. Enumerable.Range(0, 300).Select(i => Hit(hasOneKey ? "home" : $"page{i % 9}", i, $"{i}"))]);
        await CompactAsync();
        var path = Path.Combine(Segments, "demo", "2026-09-20.1.jsonl.gz");
        var whole = await File.ReadAllBytesAsync(path);
        var content = whole.AsSpan().LastIndexOf("\"lastKey\""u8) + 30;
        // What is decompressed may be anything until the end of the member is reached.
        for (var at = content; at < whole.Length - 8; at += 37)
        {
            var bytes = whole.ToArray();
            bytes.AsSpan(at, Math.Min(20, whole.Length - at)).Fill(0x5a);
            await File.WriteAllBytesAsync(path, bytes);

            var read = () => _folder.Raw();
            read.Should().Throw<StoreException>($"bytes from {at} are not what was written").WithMessage("Segment demo/2026-09-20.1.jsonl.gz is damaged*");
        }
    }

    [Fact]
    public async Task A_day_whose_sums_do_not_agree_with_its_raw_hits_is_left_and_said()
    {
        Ingest(Hit("a", 1, "1"), Hit("b", 2, "2"));
        Sql("UPDATE day SET hits = 5 WHERE series = (SELECT id FROM series WHERE key = 'b')");

        var result = await CompactAsync();

        result.Problems.Should().Equal("demo 2026-09-20 is not compacted: key b has 1 raw hits, and 5 in the sums");
        Files().Should().Equal("0000000001.jsonl.gz");
        _folder.Raw().Should().HaveCount(2);
        (await CompactAsync()).Problems.Should().BeEmpty("the same would be found again");
        _folder.Time.Now += TimeSpan.FromDays(1);
        (await CompactAsync()).Problems.Should().ContainSingle();
    }

    [Fact]
    public async Task A_damaged_young_segment_is_left_and_said()
    {
        Ingest([.. Enumerable.Range(0, 300).Select(i => Hit("home", i, $"{i}"))]);
        var path = Path.Combine(Segments, "0000000001.jsonl.gz");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.AsSpan(bytes.Length / 2, 20).Fill(0x5a);
        await File.WriteAllBytesAsync(path, bytes);

        (await CompactAsync()).Problems.Should().ContainSingle().Which.Should().StartWith("demo 2026-09-20 is not compacted: Segment 0000000001 is damaged in the member at byte ");
        Files().Should().Equal("0000000001.jsonl.gz");
    }

    [Fact]
    public async Task A_young_segment_with_something_unknown_in_it_is_kept_and_said()
    {
        Ingest(Hit("a", 1, "1"));
        var path = Path.Combine(Segments, "0000000001.jsonl.gz");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[0] = 0;
        await File.WriteAllBytesAsync(path, bytes);

        var result = await CompactAsync();

        (result.Days, result.SegmentsRemoved).Should().Be((1, 0));
        result.Problems.Should().Equal("Segment 1 is kept, though its hits are compacted: the catalogue does not know the member at byte 0");
        Files().Should().Equal("0000000001.jsonl.gz", "demo/2026-09-20.1.jsonl.gz");
        _folder.Raw().Should().HaveCount(1);
    }

    [Fact]
    public async Task What_young_segments_told_of_their_batches_is_kept_and_is_the_ledger()
    {
        Ingest(Hit("a", 1, "1"), "nonsense", Lines.Hit(tenant: "nobody"));
        _folder.Time.Now += TimeSpan.FromMinutes(3);
        Ingest(Hit("b", 2, "2"), Hit("c/d", 2, "3"));
        Ingest(Hit("b", 3, "4"));
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
    public async Task What_a_crash_left_of_compactions_is_removed_at_the_start()
    {
        Ingest(Hit("a", 1, "1"));
        await CompactAsync();
        var file = Path.Combine(Segments, "demo", "2026-09-20.1.jsonl.gz");
        File.Copy(file, Path.Combine(Segments, "demo", "2026-09-20.2.jsonl.gz"));
        await File.WriteAllTextAsync(Path.Combine(Segments, "demo", "2026-09-20.2.part0.tmp"), "part");
        Directory.CreateDirectory(Path.Combine(Segments, "erased-gone"));
        await File.WriteAllTextAsync(Path.Combine(Segments, "erased-gone", "2026-09-20.1.jsonl.gz"), "of an erased tenant");

        Directory.CreateDirectory(Path.Combine(Segments, "mine"));
        File.Copy(file, Path.Combine(Segments, "mine", "copy.jsonl.gz"));

        _folder.Restart();

        Files().Should().Equal("demo/2026-09-20.1.jsonl.gz", "mine/copy.jsonl.gz", "removed-segments/0000000001.jsonl.gz");
        _folder.Raw().Should().HaveCount(1);
    }

    [Fact]
    public async Task A_compacted_file_that_lost_bytes_is_refused_with_its_name()
    {
        Ingest(Hit("a", 1, "1"));
        await CompactAsync();
        using (var file = new FileStream(Path.Combine(Segments, "demo", "2026-09-20.1.jsonl.gz"), FileMode.Open))
            file.SetLength(30);

        var restart = _folder.Restart;
        restart.Should().Throw<StoreException>().WithMessage("Segment demo/2026-09-20.1.jsonl.gz has 30 bytes*");
    }

    [Fact]
    public async Task A_lost_database_does_not_take_compacted_files_with_it()
    {
        Ingest(Hit("a", 1, "1"));
        await CompactAsync();
        _folder.Store.Dispose();
        foreach (var file in Directory.GetFiles(_folder.Path, "stathub.db*"))
            File.Delete(file);
        var files = Files();

        var restart = _folder.Restart;
        restart.Should().Throw<StoreException>().WithMessage("*holds batches after number 0*");
        Files().Should().Equal(files);
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
        Ingest([.. Enumerable.Range(0, 800).Select(i => Hit($"k{i % 7}", i, $"{i}"))]);
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

    private void AssertEqual(MemoryStore oracle, Random random)
    {
        foreach (var key in (string?[])[null, "big0", "k1", "none"])
        {
            _folder.Raw(key: key).Select(Number).Should().Equal(Numbers(oracle, key));
            var from = MinuteRange.MinuteOf(Yesterday) - random.Next(2);
            var range = new MinuteRange(from, from + 1 + random.Next(2));
            _folder.Raw(key: key, range: range, linesARead: random.Next(1, 500)).Select(Number).Should().Equal(Numbers(oracle, key, range));
        }
    }

    private static List<string> Numbers(MemoryStore oracle, string? key, MinuteRange? range = null)
    {
        using var reader = oracle.Open(new HitScope(Demo, key is null ? null : HitKey.Parse(key)), range ?? MinuteRange.All, null);
        return [.. ReadAll(reader).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Number)];
    }

    private (int Seen, RawHitPosition Position) Positions(int read)
    {
        using var reader = _folder.Store.RawHits.Open(new HitScope(Demo), MinuteRange.All, null);
        for (var left = read; left > 0;)
            left -= reader.Read(left).Span.Count((byte)'\n');
        return (read, reader.Position);
    }

    private void Ingest(params string[] lines)
    {
        _folder.AppendLines(lines);
        _folder.Store.Tail.Run(CancellationToken.None);
    }

    private void Sql(string sql)
    {
        using var database = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "stathub.db")};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery().Should().Be(1);
    }

    private List<string> Files() =>
        [.. Directory.GetFiles(Segments, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Segments, file)).Order(StringComparer.Ordinal)];

    private string[] Unzipped(string file)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Segments, file)), CompressionMode.Decompress));
        return lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string ReadAll(IRawHitReader reader)
    {
        var text = new StringBuilder();
        for (var block = reader.Read(int.MaxValue); !block.IsEmpty; block = reader.Read(int.MaxValue))
            text.Append(Text(block));
        return text.ToString();
    }

    private static string Text(Memory<byte> block) => Encoding.UTF8.GetString(block.Span);

    private static string Hit(string key, int milliseconds, string number) =>
        Lines.Hit(key: key, at: Yesterday.AddMilliseconds(milliseconds).ToUnixTimeMilliseconds() / 1000.0, args: $"n={number}");

    private static string Number(string line) => JsonDocument.Parse(line).RootElement.GetProperty("args").GetString()![2..];
}
