using System.Globalization;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Compaction;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

public sealed class RetentionTests : IDisposable
{
    private static readonly CompactionRequest Everything = new() { After = TimeSpan.FromDays(-2), AgainAfter = TimeSpan.Zero };

    private readonly StoreFolder _folder = new(pendingValues: 0);

    public RetentionTests()
    {
        Keep(10);
        foreach (var days in (int[])[0, 5, 9, 10, 11, 40])
            Ingest(days);
    }

    public void Dispose() => _folder.Dispose();

    private string[] Files => [.. Directory.GetFiles(Path.Combine(_folder.Path, "segments"), "2*.jsonl.gz", SearchOption.AllDirectories)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Raw_hits_go_after_their_days_and_sums_stay(bool compacted)
    {
        if (compacted)
            await _folder.Store.Compaction.RunAsync(Everything, null, CancellationToken.None);

        _folder.Store.Retention.Run().Should().Be(2);
        Removed();

        _folder.Raw("demo").Should().HaveCount(4);
        _folder.Raw("other").Should().HaveCount(6, "that tenant keeps everything");
        _folder.Hits("demo").Should().Be(6);
        foreach (var days in (int[])[11, 40])
        {
            var gone = _folder.Time.Now.AddDays(-days).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            _folder.Shell($"zcat $(find segments -name '*.gz') | grep '\"time\":\"{gone}' | grep -o '\"tenant\":\"[a-z]*\"' | sort -u").Trim().Should().Be("\"tenant\":\"other\"");
        }
        _folder.Store.Retention.Run().Should().Be(0);
        var report = _folder.Verify();
        (report.IsClean, report.Expired, report.Hits).Should().Be((true, 2, 10));
        _folder.Restart();
        _folder.Raw("demo").Should().HaveCount(4);
        _folder.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public async Task A_day_goes_when_it_is_longer_ago_than_is_kept()
    {
        await _folder.Store.Compaction.RunAsync(Everything, null, CancellationToken.None);
        _folder.Store.Retention.Run();
        _folder.Raw("demo").Should().HaveCount(4);

        _folder.Time.Now = _folder.Time.Now.AddDays(1);
        _folder.Store.Retention.Run().Should().Be(1);
        _folder.Raw("demo").Should().HaveCount(3);
    }

    [Fact]
    public async Task A_reader_that_began_before_goes_on_and_files_go_after_it()
    {
        await _folder.Store.Compaction.RunAsync(Everything, null, CancellationToken.None);
        var before = Files.Length;
        using (var reader = _folder.Store.RawHits.Open(new HitScope(TenantId.Parse("demo")), MinuteRange.All, null))
        {
            reader.Read(1).IsEmpty.Should().BeFalse();
            _folder.Store.Retention.Run();
            _folder.Store.Retention.Run();
            Files.Should().HaveCount(before);
            var lines = 1;
            while (!reader.Read(1).IsEmpty)
                lines++;
            lines.Should().Be(6);
        }
        Removed();
        Files.Should().HaveCount(before - 2);
    }

    [Fact]
    public async Task A_reader_of_young_segments_goes_on_whatever_is_removed_meanwhile()
    {
        await _folder.Store.Compaction.RunAsync(Everything, null, CancellationToken.None);
        // From here on a segment of its own.
        _folder.Restart();
        _folder.AppendLines([.. Enumerable.Range(0, 30).Select(i => JournalLine.Of("demo", "home", _folder.Time.Now.AddDays(-12).AddSeconds(i)))]);
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.AppendLines([.. Enumerable.Range(0, 30).Select(i => JournalLine.Of("demo", "home", _folder.Time.Now.AddDays(-12).AddHours(1).AddSeconds(i)))]);
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Restart();
        Ingest(0);
        var range = new DayRange(UtcDay.Of(_folder.Time.Now) - 12, UtcDay.Of(_folder.Time.Now) - 11).Minutes;
        using (var reader = _folder.Store.RawHits.Open(new HitScope(TenantId.Parse("demo")), range, null))
        {
            reader.Read(1).IsEmpty.Should().BeFalse();
            _folder.Store.Retention.Run().Should().Be(3);
            await _folder.Store.Compaction.RunAsync(Everything with { Tenant = TenantId.Parse("nobody") }, null, CancellationToken.None);
            _folder.Store.Tenants.Erase(TenantId.Parse("other")).Should().BeTrue();

            var lines = 1;
            while (!reader.Read(1).IsEmpty)
                lines++;
            lines.Should().Be(60);
        }
        Removed();
        await _folder.Store.Compaction.RunAsync(Everything with { Tenant = TenantId.Parse("nobody") }, null, CancellationToken.None);
        _folder.Sql("SELECT count(*) FROM wipe").Should().Be("0");
        _folder.Shell("zcat $(find segments -name '*.gz' -not -path '*removed*') | wc -l").Trim().Should().Be("5");
    }

    [Fact]
    public async Task What_is_forgotten_while_segments_are_removed_is_removed_by_the_next_compaction()
    {
        await _folder.Store.Compaction.RunAsync(Everything, null, CancellationToken.None);
        _folder.Store.Retention.Run();
        _folder.Restart();
        // Too late to be compacted.
        _folder.AppendLines(JournalLine.Of("demo", "home", _folder.Time.Now.AddDays(-20)));
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Restart();
        Ingest(7);
        var young = Path.Combine(_folder.Path, "segments");
        _folder.OnCompactionStep = step =>
        {
            if (step == CompactionStep.SegmentForgotten)
                _folder.Store.Retention.Run();
        };
        _folder.Time.Now = _folder.Time.Now.AddDays(2);

        await _folder.Store.Compaction.RunAsync(Everything, null, CancellationToken.None);
        await _folder.Store.Compaction.RunAsync(Everything, null, CancellationToken.None);

        Directory.GetFiles(young).Should().BeEmpty();
    }

    [Fact]
    public async Task What_was_forgotten_and_not_removed_goes_at_the_next_start()
    {
        await _folder.Store.Compaction.RunAsync(Everything, null, CancellationToken.None);
        var before = Files.Length;
        _folder.Store.Retention.Run();

        _folder.Restart();

        Files.Should().HaveCount(before - 2);
        _folder.Raw("demo").Should().HaveCount(4);
    }

    [Fact]
    public async Task Late_hits_of_a_day_that_is_gone_are_counted_and_go_with_the_next_ones()
    {
        _folder.Store.Retention.Run();
        Ingest(40);
        _folder.Hits("demo").Should().Be(7);
        (await _folder.Store.Compaction.RunAsync(Everything with { Tenant = TenantId.Parse("demo") }, null, CancellationToken.None)).Problems.Should().BeEmpty();

        _folder.Store.Retention.Run().Should().Be(1);
        Removed();

        _folder.Raw("demo").Should().HaveCount(4);
        _folder.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void What_waits_is_written_only_when_something_is_to_go()
    {
        using var folder = new StoreFolder();
        folder.Store.Tenants.TryChange(folder.Store.Tenants.Find(TenantId.Parse("demo"))! with { RetentionDays = 10 }).Should().BeTrue();
        folder.AppendLines(JournalLine.Of("demo", "home", folder.Time.Now));
        folder.Store.Tail.Run(CancellationToken.None);

        folder.Store.Retention.Run().Should().Be(0);
        WrittenSums(folder).Should().Be("0", "all days are kept");
        folder.Time.Now = folder.Time.Now.AddDays(11);
        folder.Store.Retention.Run().Should().Be(1);
        WrittenSums(folder).Should().Be("1", "there would be nothing to make them of any more");
    }

    [Fact]
    public void A_tenant_that_keeps_more_again_keeps_what_is_there()
    {
        _folder.Store.Retention.Run();
        Keep(null);
        _folder.Store.Retention.Run().Should().Be(0);

        _folder.Raw("demo").Should().HaveCount(4);
        _folder.Verify().IsClean.Should().BeTrue();
    }

    /// <summary>The last batch whose sums by dimension are in the database.</summary>
    private static string WrittenSums(StoreFolder folder) => folder.Sql("SELECT value FROM counter WHERE name = 'dimensions'");

    /// <summary>What was forgotten is removed the next time.</summary>
    private void Removed() => _folder.Store.Retention.Run();

    private void Keep(int? days)
    {
        var tenant = _folder.Store.Tenants.Find(TenantId.Parse("demo"))!;
        _folder.Store.Tenants.TryChange(tenant with { RetentionDays = days }).Should().BeTrue();
    }

    private void Ingest(int daysAgo)
    {
        var at = _folder.Time.Now.AddDays(-daysAgo);
        _folder.AppendLines(JournalLine.Of("demo", "home", at), JournalLine.Of("other", "home", at));
        _folder.Store.Tail.Run(CancellationToken.None);
    }
}
