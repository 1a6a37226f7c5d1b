using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Storage;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

/// <summary>Data folders that earlier versions wrote, kept in tests/testdata, are read for ever.</summary>
public sealed class MigrationTests : IDisposable
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private static readonly HitScope Demo = new(TenantId.Parse("demo"));

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub older ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Version_1_keeps_its_sums_hits_and_ledger()
    {
        Copy("data-folder-v1");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);

        store.Counts.Count(Demo, MinuteRange.All).Should().Be(new HitTotals(4, null, new ValueSum(3_500_000), null));
        store.Counts.Series(Demo, [0, MinuteRange.PerDay * 20_513L, MinuteRange.PerDay * 20_514L]).Select(point => point.Hits).Should().Equal(0, 2);
        using var raw = store.RawHits.Open(Demo, MinuteRange.All, null);
        Encoding.UTF8.GetString(Read(raw)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(4);
        var ledger = store.Ledger.Totals(MinuteRange.All, null);
        ledger.Counted.Should().Be(5);
        ledger.Rejected.Values.Sum().Should().Be(3);
    }

    [Fact]
    public void Version_1_has_no_bots_before_it_was_brought_up_to_date_and_does_not_claim_any()
    {
        Copy("data-folder-v1");
        // Version 1 took hits of up to a day ahead of its clock.
        var time = new ManualTime(TimeProvider.System.GetUtcNow().AddDays(3));
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, time);
        File.AppendAllText(Path.Combine(_folder, "journal", "hits.log"), JournalLine.Of("demo", "home", time.Now, userAgent: "curl/8.14.1") + "\n");
        store.Tail.Run(CancellationToken.None);

        store.Counts.Count(Demo, MinuteRange.All).Bots.Should().BeNull();
        var since = MinuteRange.MinuteOf(time.Now.AddDays(-1)) / 60 * 60 + 1;
        store.Counts.Count(Demo, new MinuteRange(since, MinuteRange.Unbounded)).Should().Be(new HitTotals(1, 1, new ValueSum(1_000_000), null));
        store.Counts.Count(Demo, new MinuteRange(since / 60 * 60 + 60, MinuteRange.Unbounded)).Visitors.Should().Be(0, "the one hit is of a bot");
    }

    [Fact]
    public void Version_2_keeps_its_bots_and_dimensions_and_claims_no_visitors()
    {
        Copy("data-folder-v2");
        var time = new ManualTime(TimeProvider.System.GetUtcNow().AddDays(3));
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, time);

        store.Counts.Count(Demo, MinuteRange.All).Should().Be(new HitTotals(3, 1, new ValueSum(4_500_000), null));
        Top(store, new DimensionName(Dimension.Source)).Should().Equal(("Google", 1));
        Top(store, new DimensionName(Dimension.Own, "plan")).Should().Equal(("gold", 1));
        File.AppendAllText(Path.Combine(_folder, "journal", "hits.log"), JournalLine.Of("demo", "home", time.Now, userAgent: Firefox) + "\n");
        store.Tail.Run(CancellationToken.None);
        store.Counts.Count(Demo, MinuteRange.All).Visitors.Should().BeNull();
        var today = MinuteRange.MinuteOf(time.Now) / MinuteRange.PerDay * MinuteRange.PerDay;
        store.Counts.Count(Demo, new MinuteRange(today, MinuteRange.Unbounded)).Should().Be(new HitTotals(1, 0, new ValueSum(1_000_000), 1));
    }

    [Fact]
    public void Version_3_keeps_its_sums_visitors_and_limits()
    {
        Copy("data-folder-v3");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);

        store.Counts.Count(Demo, MinuteRange.All).Should().Be(new HitTotals(3, 1, new ValueSum(4_500_000), 2));
        Top(store, new DimensionName(Dimension.Own, "plan")).Should().Equal(("gold", 1));
        store.Tenants.Find(Demo.Tenant).Should().BeEquivalentTo(new { Name = "demo", RetentionDays = 30_000, KeyLimit = 500, HitsPerDay = 1000L });
        store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None).IsClean.Should().BeTrue();
    }

    [Fact]
    public void Days_of_version_3_have_rollup_files_when_their_raw_hits_go()
    {
        Copy("data-folder-v3");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);
        store.Tenants.TryChange(store.Tenants.Find(Demo.Tenant)! with { RetentionDays = 1 }).Should().BeTrue();

        store.Retention.Run().Should().Be(2);

        Directory.GetFiles(Path.Combine(_folder, "rollups", "demo")).Select(Path.GetFileName).Should().BeEquivalentTo("2026-01-30.1.jsonl.gz", "2026-03-01.1.jsonl.gz");
        store.Counts.Count(Demo, MinuteRange.All).Should().Be(new HitTotals(3, 1, new ValueSum(4_500_000), 2));
    }

    [Fact]
    public void Version_4_keeps_its_tokens_and_settings()
    {
        Copy("data-folder-v4");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);

        var made = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);
        store.Tokens.Find(SHA256.HashData(Encoding.ASCII.GetBytes("sth_" + new string('A', 43)))).Should().Be(new Token(1, "report", Demo.Tenant, TokenScopes.Read, made));
        store.Tokens.List(null).Should().Equal(new Token(2, "operator", null, TokenScopes.Admin, made));
        store.Tenants.Find(Demo.Tenant).Should().Be(new Tenant(Demo.Tenant, "Demo", 300, made, 500, 1000, 24));
        store.Counts.Count(Demo, MinuteRange.All).Should().Be(new HitTotals(3, 1, new ValueSum(4_500_000), 2));
        store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None).IsClean.Should().BeTrue();
    }

    [Fact]
    public void Version_5_keeps_its_days_and_goes_on_in_hours_that_have_hits()
    {
        Copy("data-folder-v5");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);
        var home = Demo with { Key = HitKey.FromStore("home") };

        store.Counts.Keys(Demo.Tenant, "", null, 10).Select(key => (key.Key.ToString(), key.Hits)).Should().Equal(("about", 4), ("home", 11), ("pricing", 9));
        store.Counts.Series(home, [.. Enumerable.Range(20_542, 4).Select(day => (long)day * MinuteRange.PerDay)]).Select(day => (day.Hits, day.Visitors)).Should().Equal((2, 2L), (4, 1L), (5, 2L));
        File.AppendAllText(Path.Combine(_folder, "journal", "hits.log"), JournalLine.Of("demo", "home", new DateTimeOffset(2026, 3, 30, 3, 20, 0, TimeSpan.Zero), userAgent: Firefox) + "\n");
        store.Tail.Run(CancellationToken.None);
        var hour = 20_542L * MinuteRange.PerDay + 3 * 60;
        store.Counts.Series(home, [hour, hour + 14, hour + 15, hour + 20, hour + 21]).Select(minute => minute.Hits).Should().Equal(0, 1, 0, 1);
        store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None).IsClean.Should().BeTrue();
    }

    [Fact]
    public void Version_6_keeps_its_packed_days_and_goes_on_in_them_up_to_the_ninth_hit_and_beyond()
    {
        Copy("data-folder-v6");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);
        var home = Demo with { Key = HitKey.FromStore("home") };
        var blog = Demo with { Key = HitKey.FromStore("blog") };
        List<long> days = [.. Enumerable.Range(20_541, 4).Select(day => (long)day * MinuteRange.PerDay)];

        store.Counts.Count(Demo, MinuteRange.All).Should().Be(new HitTotals(30, 0, new ValueSum(94_445_950_000), 9));
        store.Counts.Series(home, days).Select(day => (day.Hits, day.Visitors)).Should().Equal((4, 3L), (4, 3L), (8, 3L));
        store.Counts.Series(blog, days).Select(day => (day.Hits, day.Visitors)).Should().Equal((0, 0L), (1, 1L), (1, 1L));
        Ingest(store, "home", "blog");
        Ingest(store, "home", "blog");

        store.Counts.Series(home, days).Select(day => (day.Hits, day.Visitors)).Should().Equal((4, 3L), (4, 3L), (10, 5L));
        store.Counts.Series(blog, days).Select(day => (day.Hits, day.Visitors)).Should().Equal((0, 0L), (1, 1L), (3, 3L));
        var hour = 20_543L * MinuteRange.PerDay + 3 * 60;
        store.Counts.Series(blog, [hour, hour + 20, hour + 21, hour + 60]).Select(minute => minute.Hits).Should().Equal(0, 2, 0);
        store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None).IsClean.Should().BeTrue();
    }

    private void Ingest(Store store, params string[] keys)
    {
        var at = new DateTimeOffset(2026, 3, 31, 3, 20, 0, TimeSpan.Zero);
        File.AppendAllLines(Path.Combine(_folder, "journal", "hits.log"), keys.Select(key => JournalLine.Of("demo", key, at, userAgent: Firefox)));
        store.Tail.Run(CancellationToken.None);
    }

    private static List<(string, long)> Top(Store store, DimensionName dimension) =>
        [.. store.Dimensions.Top(Demo, dimension, new DayRange(0, long.MaxValue)).ByHits().Select(one => (Encoding.UTF8.GetString(one.Name.Span), one.Sums.Hits))];

    [Fact]
    public void Version_2_did_not_sort_hits_of_a_millisecond_and_they_are_sorted_when_they_are_read()
    {
        Copy("data-folder-v2-ties");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);

        using var raw = store.RawHits.Open(Demo, MinuteRange.All, null);
        var hits = Encoding.UTF8.GetString(Read(raw)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(hit => (
                At: hit.GetProperty("time").GetString(),
                Key: Convert.ToHexString(Encoding.UTF8.GetBytes(hit.GetProperty("key").GetString()!)),
                Number: int.Parse(hit.GetProperty("args").GetString()!.AsSpan(2), CultureInfo.InvariantCulture)))
            .ToList();

        hits.Should().HaveCount(120).And.Equal(
            hits.OrderBy(hit => hit.At, StringComparer.Ordinal).ThenBy(hit => hit.Key, StringComparer.Ordinal).ThenBy(hit => hit.Number));
        hits.Select(hit => hit.Number).Should().BeEquivalentTo(Enumerable.Range(0, 120)).And.NotBeInAscendingOrder();
    }

    private void Copy(string version)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "segments"));
        Directory.CreateDirectory(Path.Combine(_folder, "journal"));
        File.Copy(Kept(version, "0000000001.jsonl.gz"), Path.Combine(_folder, "segments", "0000000001.jsonl.gz"));
        using var kept = new GZipStream(File.OpenRead(Kept(version, "stathub.db.gz")), CompressionMode.Decompress);
        using var database = File.Create(Path.Combine(_folder, "stathub.db"));
        kept.CopyTo(database);
    }

    private static string Kept(string version, string name, [CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../testdata", version, name));

    private static byte[] Read(IRawHitReader raw)
    {
        var bytes = new List<byte>();
        for (var block = raw.Read(100); !block.IsEmpty; block = raw.Read(100))
            bytes.AddRange(block.Span);
        return [.. bytes];
    }
}
