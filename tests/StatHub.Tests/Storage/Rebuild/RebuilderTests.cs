using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Compaction;
using StatHub.Storage.Rebuild;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Rebuild;

public sealed class RebuilderTests : IDisposable
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly DayRange Always = new(0, long.MaxValue);

    private readonly StoreFolder _folder = new();
    private readonly StoreFolder _fresh = new();

    public void Dispose()
    {
        _folder.Dispose();
        _fresh.Dispose();
    }

    [Fact]
    public async Task After_new_patterns_it_is_what_a_fresh_ingest_of_the_same_journal_gives()
    {
        Ingest(_folder, 1, 600);
        await CompactAsync();
        Ingest(_folder, 2, 200);
        UseNewPatterns();

        var report = await RebuildAsync();

        report.Problems.Should().BeEmpty();
        report.Relabelled.Should().BeInRange(100, 700);
        report.Hits.Should().Be(800);
        Ingest(_fresh, 1, 600);
        Ingest(_fresh, 2, 200);
        StoreDump.OfSums(_folder).Should().Equal(StoreDump.OfSums(_fresh));
        foreach (var tenant in (string[])["demo", "other"])
            _folder.Raw(tenant).Should().BeEquivalentTo(_fresh.Raw(tenant));
        _folder.Raw().Should().Contain(line => line.Contains("\"bot\":\"own\"")).And.NotContain(line => line.Contains("Firefox") && !line.Contains("\"bot\":\"own\""));
        Verify().Should().BeTrue();
        (await RebuildAsync()).Should().BeEquivalentTo(report with { Relabelled = 0, Series = 0 });
        _folder.Restart();
        StoreDump.OfSums(_folder).Should().Equal(StoreDump.OfSums(_fresh));
    }

    [Fact]
    public async Task What_was_counted_with_other_patterns_is_compared_again_afterwards()
    {
        Ingest(_folder, 1, 100);
        UseNewPatterns();
        _folder.Store.Verifier.Verify(null, Always, _ => { }, CancellationToken.None).Unlabelled.Should().BePositive();

        await RebuildAsync();

        var report = _folder.Store.Verifier.Verify(null, Always, _ => { }, CancellationToken.None);
        (report.Unlabelled, report.IsClean).Should().Be((0, true));
    }

    [Theory]
    [InlineData("UPDATE day SET hits = hits + 1, value_rest = 5")]
    [InlineData("UPDATE month SET hits = hits - 1, visitors = 9")]
    [InlineData("DELETE FROM hour")]
    [InlineData("DELETE FROM day WHERE day % 2 = 0")]
    [InlineData("UPDATE hour SET minutes = X'021E010000'")]
    [InlineData("UPDATE hour SET minutes = X'09'")]
    [InlineData("UPDATE hour SET minutes = X'021E'")]
    [InlineData("DELETE FROM visitor_hour")]
    [InlineData("DELETE FROM dimension_day")]
    [InlineData("DELETE FROM dimension_month")]
    [InlineData("UPDATE dimension_month SET top = X'00'")]
    [InlineData("UPDATE day SET packed = x'' WHERE packed IS NOT NULL")]
    [InlineData("UPDATE day SET packed = x'09' WHERE packed IS NOT NULL")]
    [InlineData("UPDATE day SET hours = NULL")]
    [InlineData("UPDATE day SET hours = x'01' WHERE hours IS NOT NULL")]
    [InlineData("UPDATE day SET hours = x'09' WHERE hours IS NOT NULL")]
    [InlineData("DELETE FROM month")]
    [InlineData("UPDATE series SET hits = 0")]
    public async Task Sums_that_are_not_as_they_should_be_are_made_again(string damage)
    {
        Ingest(_folder, 1, 300);
        _folder.Restart();
        var before = StoreDump.OfSums(_folder);
        _folder.Sql(damage).Should().BeEmpty();

        (await RebuildAsync()).Problems.Should().BeEmpty();

        StoreDump.OfSums(_folder).Should().Equal(before);
        Verify().Should().BeTrue();
    }

    [Fact]
    public async Task Answers_are_those_of_before_until_a_day_is_switched_and_then_those_of_the_new_patterns()
    {
        Ingest(_folder, 1, 300);
        UseNewPatterns();
        var before = Today();
        var inside = new List<(long Hits, long? Bots)>();
        _folder.OnRebuildStep = step =>
        {
            if (step == RebuildStep.RowsReplaced)
                inside.Add(Today());
        };

        await RebuildAsync(Demo, TodayOnly);

        inside.Should().Equal(before);
        Today().Should().NotBe(before);
        Today().Hits.Should().Be(before.Hits);
    }

    [Fact]
    public async Task Hits_that_are_committed_meanwhile_are_counted_once()
    {
        Ingest(_folder, 1, 300);
        UseNewPatterns();
        var more = 0;
        void Commit(int hits)
        {
            if (more++ < 6)
                Ingest(_folder, 10 + more, hits);
        }
        _folder.OnRebuildStep = step =>
        {
            if (step is RebuildStep.DaySummed or RebuildStep.DaySwitched)
                Commit(20);
        };
        _folder.OnCompactionStep = step =>
        {
            if (step is CompactionStep.FileSynced)
                Commit(20);
        };

        (await RebuildAsync(days: TodayOnly)).Problems.Should().BeEmpty();
        (await RebuildAsync()).Problems.Should().BeEmpty();

        more.Should().BeGreaterThanOrEqualTo(6);
        (_folder.Hits() + _folder.Hits("other")).Should().Be(300 + 6 * 20);
        Verify().Should().BeTrue();
        _folder.Raw().Should().HaveCount((int)_folder.Hits());
    }

    [Fact]
    public async Task A_tenant_and_a_range_are_rebuilt_alone()
    {
        Ingest(_folder, 1, 300);
        UseNewPatterns();
        var other = _folder.Raw("other");

        var report = await RebuildAsync(Demo, TodayOnly);

        (report.Tenants, report.Days).Should().Be((1, 1));
        _folder.Raw("other").Should().Equal(other);
        var today = DateTimeOffset.FromUnixTimeSeconds(TodayOnly.From * 86_400).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        _folder.Raw().Where(line => line.Contains("\"bot\":\"own\"")).Should().NotBeEmpty().And.OnlyContain(line => line.Contains($"{{\"time\":\"{today}"));
    }

    [Fact]
    public async Task A_day_that_cannot_be_read_is_left_and_named_and_the_others_are_rebuilt()
    {
        Ingest(_folder, 1, 300);
        await CompactAsync();
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "segments", "demo")).Order().First();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes.AsSpan(bytes.Length - 60, 20).Fill(0x5a);
        await File.WriteAllBytesAsync(file, bytes);
        UseNewPatterns();

        var report = await RebuildAsync();

        report.Problems.Should().ContainSingle().Which.Should().Contain("is left as it is: Segment demo/").And.Contain("damaged");
        report.Days.Should().BeGreaterThan(3);
    }

    [Fact]
    public async Task An_erase_meanwhile_leaves_nothing_behind()
    {
        Ingest(_folder, 1, 300);
        UseNewPatterns();
        _folder.OnCompactionStep = step =>
        {
            if (step == CompactionStep.FileNamed && _folder.Store.Tenants.Find(Demo) is not null)
                _folder.Store.Tenants.Erase(Demo);
        };

        await RebuildAsync();

        _folder.Shell("ls segments/demo").Should().Contain("No such file");
        _folder.Sql("SELECT count(*) FROM series WHERE tenant = 1").Should().Be("0");
        Verify().Should().BeTrue();
    }

    [Fact]
    public async Task Days_whose_raw_hits_go_meanwhile_are_expired_and_no_problem()
    {
        Ingest(_folder, 1, 300);
        _folder.OnRebuildStep = step =>
        {
            if (step != RebuildStep.DaySummed)
                return;
            _folder.Time.Now = _folder.Time.Now.AddDays(9);
            _folder.Store.Tenants.TryChange(_folder.Store.Tenants.Find(Demo)! with { RetentionDays = 1 });
            _folder.OnRebuildStep = null;
            _folder.Store.Retention.Run();
        };

        var report = await RebuildAsync(Demo);

        report.Problems.Should().BeEmpty();
        report.Expired.Should().BePositive();
    }

    [Fact]
    public async Task Days_of_a_tenant_that_is_erased_meanwhile_are_no_problem()
    {
        Ingest(_folder, 1, 300);
        _folder.OnRebuildStep = _ => _folder.Store.Tenants.Erase(Demo);

        (await RebuildAsync(Demo)).Problems.Should().BeEmpty();
    }

    private DayRange TodayOnly
    {
        get
        {
            var today = MinuteRange.MinuteOf(_folder.Time.Now) / MinuteRange.PerDay;
            return new DayRange(today, today + 1);
        }
    }

    private (long Hits, long? Bots) Today()
    {
        var count = _folder.Store.Counts.Count(new HitScope(Demo), TodayOnly.Minutes);
        return (count.Hits, count.Bots);
    }

    private void UseNewPatterns()
    {
        BotList.TryRead(["firefox # in any spelling", "Chrome/1"], out var bots, out _).Should().BeTrue();
        (_folder.Bots, _fresh.Bots) = (bots, bots);
        // The same visitors have the same hashes only with the same salts.
        Directory.CreateDirectory(Path.Combine(_fresh.Path, "salts"));
        foreach (var salt in Directory.GetFiles(Path.Combine(_folder.Path, "salts")))
            File.Copy(salt, Path.Combine(_fresh.Path, "salts", Path.GetFileName(salt)));
        _folder.Restart();
        _fresh.Restart();
    }

    private Task<RebuildReport> RebuildAsync(TenantId? tenant = null, DayRange? days = null) =>
        _folder.Store.Rebuild.RunAsync(new RebuildRequest(tenant, days ?? Always), _ => { }, CancellationToken.None);

    private async Task CompactAsync()
    {
        // Days whose sums wait are not compacted.
        _folder.Restart();
        (await _folder.Store.Compaction.RunAsync(new CompactionRequest { After = TimeSpan.Zero }, null, CancellationToken.None)).Days.Should().BePositive();
    }

    private bool Verify()
    {
        var report = _folder.Store.Verifier.Verify(null, Always, _ => { }, CancellationToken.None);
        report.Differences.Should().BeEmpty();
        return report.IsClean;
    }

    /// <summary>Hits of days whose salts are there yet.</summary>
    private static void Ingest(StoreFolder folder, int seed, int hits)
    {
        var random = new Random(seed);
        folder.AppendLines([.. Enumerable.Range(0, hits).Select(_ => JournalLine.Of(
            random.Next(4) == 0 ? "other" : "demo", $"k{random.Next(4)}", folder.Time.Now.AddMinutes(-random.Next(2 * MinuteRange.PerDay)),
            random.Next(2) == 0 ? $"d.plan=p{random.Next(8)}&tv={random.Next(-3, 9)}" : "",
            userAgent: random.Next(3) switch { 0 => "curl/8.14.1", 1 => Firefox, _ => $"Mozilla/5.0 (X11) Chrome/{random.Next(10, 30)}.0" },
            referrer: random.Next(3) == 0 ? "" : $"https://site{random.Next(20)}.example.com/a", remoteAddress: $"192.0.2.{random.Next(50)}"))]);
        folder.Store.Tail.Run(CancellationToken.None);
    }
}
