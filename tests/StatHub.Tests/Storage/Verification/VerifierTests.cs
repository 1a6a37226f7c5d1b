using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Verification;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Verification;

public sealed class VerifierTests : IDisposable
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private static readonly DayRange Always = new(0, long.MaxValue);

    private readonly StoreFolder _folder = new();

    public VerifierTests() => Ingest(3, 400);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_store_is_clean_whether_sums_are_written_or_wait()
    {
        for (var round = 0; round < 3; round++)
        {
            var report = Verify();
            report.Differences.Should().BeEmpty();
            (report.Tenants, report.Hits, report.IsClean).Should().Be((2, 400 + round * 50, true));
            report.Days.Should().BeGreaterThan(10);
            Ingest(round, 50);
            if (round == 1)
                _folder.Restart();
        }
        Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void It_tells_how_far_it_is_and_can_be_ended()
    {
        var done = new List<long>();
        _folder.Store.Verifier.Verify(null, Always, progress => done.Add(progress.Done), CancellationToken.None);
        done.Should().BeInAscendingOrder();
        done[^1].Should().Be(400);

        using var ended = new CancellationTokenSource();
        FluentActions.Invoking(() => _folder.Store.Verifier.Verify(null, Always, _ => ended.Cancel(), ended.Token)).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void A_tenant_and_a_range_can_be_verified_alone()
    {
        var other = _folder.Store.Verifier.Verify(TenantId.Parse("other"), Always, _ => { }, CancellationToken.None);
        other.Tenants.Should().Be(1);
        other.Hits.Should().Be(_folder.Hits("other"));

        var today = MinuteRange.MinuteOf(_folder.Time.Now) / MinuteRange.PerDay;
        _folder.Store.Verifier.Verify(null, new DayRange(today, today + 1), _ => { }, CancellationToken.None).Days.Should().BeLessThanOrEqualTo(2);
    }

    [Theory]
    [InlineData("UPDATE day SET hits = hits + 1 WHERE rowid_of_one", "hits")]
    [InlineData("UPDATE day SET bots = bots + 1 WHERE rowid_of_one", "bots")]
    [InlineData("UPDATE day SET value_rest = value_rest + 1 WHERE rowid_of_one", "value")]
    [InlineData("UPDATE day SET visitors = visitors + 1 WHERE rowid_of_one", "visitors")]
    [InlineData("UPDATE month SET hits = hits - 1 WHERE rowid_of_one", "month")]
    [InlineData("UPDATE series SET hits = hits + 1 WHERE key = 'k1'", "hits of all time")]
    [InlineData("DELETE FROM hour WHERE rowid_of_one", "hours with hits")]
    [InlineData("UPDATE hour SET minutes = X'021E010000' WHERE rowid_of_one", "minutes of hour")]
    [InlineData("UPDATE hour SET minutes = X'09' WHERE rowid_of_one", "sums")]
    [InlineData("DELETE FROM visitor_hour WHERE rowid_of_one", "hours with visitors")]
    [InlineData("UPDATE visitor_hour SET sketch = X'01010109' WHERE rowid_of_one", "sketch of visitors")]
    [InlineData("DELETE FROM dimension_day WHERE dimension = 4 AND rowid_of_one", "top browser")]
    [InlineData("UPDATE dimension_day SET top = X'0100020301C08DB70102646500000002656E' WHERE dimension = 4 AND rowid_of_one", "browser")]
    [InlineData("DELETE FROM dimension_month WHERE dimension = 4 AND rowid_of_one", "top browser of the month")]
    [InlineData("UPDATE dimension_month SET top = X'0100020301C08DB70102646500000002656E' WHERE dimension = 4 AND rowid_of_one", "top browser of the month")]
    [InlineData("UPDATE day SET packed = x'' WHERE packed IS NOT NULL", "top browser")]
    [InlineData("UPDATE day SET packed = x'' WHERE packed IS NOT NULL", "hours with visitors")]
    [InlineData("UPDATE day SET packed = x'09' WHERE packed IS NOT NULL", "sums")]
    [InlineData("UPDATE day SET packed = (SELECT packed FROM day WHERE packed IS NOT NULL AND hits = 1 ORDER BY series LIMIT 1) WHERE packed IS NOT NULL AND hits > 1", "all values of")]
    [InlineData("UPDATE day SET hours = NULL", "hours with hits")]
    [InlineData("INSERT INTO hour (series, hour, hits, value_e9, value_rest, minutes) SELECT series, day * 24, 1, 0, 0, x'0308' FROM day WHERE hours IS NOT NULL", "hours with hits")]
    [InlineData("UPDATE day SET hours = NULL", "month")]
    [InlineData("UPDATE day SET hours = x'01' WHERE hours IS NOT NULL", "hours with hits")]
    [InlineData("UPDATE day SET hours = x'09' WHERE hours IS NOT NULL", "sums")]
    [InlineData("UPDATE day SET hours = (SELECT hours FROM day WHERE hours IS NOT NULL AND hits = 1 ORDER BY series LIMIT 1) WHERE hours IS NOT NULL AND hits > 1", "hours with hits")]
    [InlineData("DELETE FROM month WHERE rowid_of_one", "month")]
    [InlineData("UPDATE ledger SET lines = lines + 1 WHERE outcome = 0", "counted lines in the ledger")]
    [InlineData("INSERT INTO day (series, day, hits, value_e9, value_rest) SELECT id, 5, 7, 0, 0 FROM series WHERE key = 'k1' LIMIT 1", "hits of all time")]
    public void What_is_not_as_it_should_be_is_named(string change, string what)
    {
        _folder.Restart();
        Change(change);

        var report = Verify();
        report.IsClean.Should().BeFalse();
        report.Differences.Should().Contain(difference => difference.What.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public void A_hit_that_is_gone_is_missed_in_every_sum_of_it()
    {
        Change("DELETE FROM member WHERE (tenant, day, first_ms, batch) IN (SELECT tenant, day, first_ms, batch FROM member LIMIT 1)");

        var report = Verify();
        report.Differences.Should().Contain(difference => difference.What == "hits" && difference.Expected == "0" && difference.Day != null);
    }

    [Fact]
    public void A_damaged_segment_is_named()
    {
        var segment = Directory.GetFiles(Path.Combine(_folder.Path, "segments")).Single();
        var bytes = File.ReadAllBytes(segment);
        for (var at = bytes.Length / 2; at < bytes.Length / 2 + 400; at++)
            bytes[at] ^= 0x55;
        File.WriteAllBytes(segment, bytes);

        var report = Verify();
        report.Differences.Should().Contain(difference => difference.What == "raw hits");
    }

    [Fact]
    public void Of_more_differences_than_are_listed_the_number_is_told()
    {
        Change("UPDATE hour SET hits = hits + 1, visitors = visitors + 1");
        Change("UPDATE day SET hits = hits + 1, visitors = visitors + 1, bots = bots + 1, value_e9 = value_e9 + 1");

        var report = Verify();
        report.Differences.Should().HaveCount(VerifyReport.MostDifferences);
        report.DifferenceCount.Should().BeGreaterThan(VerifyReport.MostDifferences);
    }

    private VerifyReport Verify() => _folder.Store.Verifier.Verify(null, Always, _ => { }, CancellationToken.None);

    private void Ingest(int seed, int hits)
    {
        var random = new Random(seed);
        _folder.AppendLines([.. Enumerable.Range(0, hits).Select(_ => JournalLine.Of(
            random.Next(4) == 0 ? "other" : "demo", $"k{random.Next(4)}", // Some days have few hits, one has many.
            _folder.Time.Now.AddMinutes(-random.Next(random.Next(3) == 0 ? MinuteRange.PerDay : 90 * MinuteRange.PerDay)),
            random.Next(2) == 0 ? $"d.plan=p{random.Next(8)}&tv={random.Next(-3, 9)}" : "", userAgent: random.Next(3) == 0 ? "curl/8.14.1" : Firefox,
            referrer: random.Next(3) == 0 ? "" : $"https://site{random.Next(20)}.example.com/a", remoteAddress: $"192.0.2.{random.Next(50)}"))]);
        _folder.Store.Tail.Run(CancellationToken.None);
    }

    private void Change(string sql)
    {
        // One row of a key that has some.
        var table = sql.Split(' ').SkipWhile(word => word is "UPDATE" or "DELETE" or "FROM").First();
        sql = sql.Replace("rowid_of_one", $"series = (SELECT max(series) FROM {table}{(table.StartsWith("dimension", StringComparison.Ordinal) ? " WHERE dimension = 4" : "")})", StringComparison.Ordinal);
        _folder.Sql(sql).Should().BeEmpty();
    }
}
