using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Rollups;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

public sealed class FollowingRollupsTests : IDisposable
{
    private static readonly HitScope Demo = new(TenantId.Parse("demo"));
    private static readonly DimensionName Referrer = new(Dimension.Referrer);
    private static readonly DimensionName Plan = new(Dimension.Own, "plan");
    private static readonly DayRange Always = new(0, long.MaxValue);

    private readonly ComparedFolder _compared = new();

    private StoreFolder Folder => _compared.Folder;

    private MemoryStore Memory => _compared.Memory;

    public void Dispose() => _compared.Dispose();

    [Fact]
    public void Any_days_give_the_sums_of_a_plain_list_whether_they_are_written_or_wait()
    {
        var random = new Random(5);
        for (var round = 0; round < 6; round++)
        {
            Ingest([.. Enumerable.Range(0, 200).Select(_ => Line(random))]);
            if (round is 2 or 4)
                Folder.Restart();
            Compare(Folder.Store, random);
        }
        Folder.Time.Now = Folder.Time.Now.AddMinutes(2);
        Ingest(Line(random));
        Compare(Folder.Store, random);
    }

    [Fact]
    public void What_a_crash_took_is_made_again_from_the_segments()
    {
        var random = new Random(6);
        Ingest([.. Enumerable.Range(0, 300).Select(_ => Line(random))]);
        Folder.Restart();
        Ingest([.. Enumerable.Range(0, 300).Select(_ => Line(random))]);
        Ingest([.. Enumerable.Range(0, 300).Select(_ => Line(random))]);

        var copy = Folder.CopyAsKilled();
        try
        {
            using var store = Store.Open(new StoreOptions { DataPath = copy }, Folder.Time);
            Compare(store, random);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Days_are_packed_while_their_hits_are_few_and_a_crash_on_the_way_to_rows_of_their_own_takes_and_doubles_nothing(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 25; round++)
        {
            // Some days of some keys get their ninth hit in each round, and what waits for them is written in some of these.
            Ingest([.. Enumerable.Range(0, random.Next(1, 14)).Select(_ => Line(random, days: 4, keys: 3))]);
            if (random.Next(4) == 0)
                Folder.Store.Verifier.Verify(null, Always, _ => { }, CancellationToken.None).IsClean.Should().BeTrue();
            Compare(Folder.Store, random);
            if (round % 3 != 0)
                continue;
            var copy = Folder.CopyAsKilled();
            using (var store = Store.Open(new StoreOptions { DataPath = copy }, Folder.Time))
            {
                Compare(store, random);
                store.Verifier.Verify(null, Always, _ => { }, CancellationToken.None).IsClean.Should().BeTrue();
            }
            Directory.Delete(copy, recursive: true);
        }
        Folder.Restart();
        long.Parse(Folder.Sql("SELECT count(*) FROM day WHERE packed IS NOT NULL AND length(packed) > 20")).Should().BePositive();
        Folder.Sql($"SELECT count(*) FROM day WHERE (packed IS NULL) <> (hits > {PackedDay.MostHits})").Should().Be("0");
        Folder.Verify().IsClean.Should().BeTrue();
    }

    [Theory]
    [InlineData(99, "1")]
    [InlineData(101, "2")]
    public void Sums_of_many_hits_do_not_wait_though_they_are_few(int hits, string written)
    {
        using var folder = new StoreFolder(pendingHits: 100);
        folder.Ingest([Lines.Hit(key: "home")]);
        folder.Restart();
        folder.Ingest([.. Enumerable.Repeat(Lines.Hit(key: "home"), hits)]);

        folder.Sql("SELECT value FROM counter WHERE name = 'dimensions'").Should().Be(written);
        folder.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void Thousands_of_keys_that_one_batch_begins_have_each_what_its_hits_say()
    {
        var random = new Random(7);
        Ingest([.. Enumerable.Range(0, 6000).Select(_ => Line(random, days: 2, keys: 4000))]);
        Ingest([.. Enumerable.Range(0, 6000).Select(_ => Line(random, days: 2, keys: 4000))]);

        var brute = new MemoryDimensions(Memory);
        for (var key = 0; key < 200; key++)
        {
            var scope = Demo with { Key = HitKey.Parse($"k{random.Next(4000)}") };
            Listed(Folder.Store.Dimensions.Top(scope, Referrer, Always)).Should().Equal(Listed(brute.Top(scope, Referrer, Always)));
            Listed(Folder.Store.Dimensions.Top(scope, Plan, Always)).Should().Equal(Listed(brute.Top(scope, Plan, Always)));
        }
        Folder.Verify().IsClean.Should().BeTrue();
        Folder.Restart();
        Folder.Sql($"SELECT count(*) FROM day WHERE (packed IS NULL) <> (hits > {PackedDay.MostHits})").Should().Be("0");
    }

    [Fact]
    public void A_new_key_of_few_hits_has_two_rows()
    {
        Ingest([.. Enumerable.Range(0, 20).Select(_ => Lines.Hit(key: "known"))]);
        Folder.Restart();
        var before = Rows();
        Ingest(Lines.Hit(key: "new", args: "d.plan=gold"));
        Folder.Restart();

        // The tenant has a new value of its own in two more.
        (Rows() - before).Should().Be(2 + 2);

        long Rows() => long.Parse(Folder.Sql(
            "SELECT sum(n) FROM (" + string.Join(" UNION ALL ", "series month day hour visitor_hour visitor_day dimension_day dimension_month".Split(' ').Select(table => $"SELECT count(*) n FROM {table}")) + ")"));
    }

    [Fact]
    public void Spam_is_no_referrer_whether_it_is_counted_or_made_again_from_the_segments()
    {
        using var folder = new StoreFolder(spam: "spam.example");
        foreach (var referrer in (string[])["https://spam.example/a", "https://buy.SPAM.example/", "https://blog.example/"])
            folder.AppendLines(JournalLine.Of("demo", "home", folder.Time.Now, "r=" + Uri.EscapeDataString(referrer)));
        folder.Store.Tail.Run(CancellationToken.None);

        var copy = folder.CopyAsKilled();
        try
        {
            using var again = Store.Open(new StoreOptions { DataPath = copy, Spam = new HostSet(["spam.example"]) }, folder.Time);
            foreach (var store in (Store[])[folder.Store, again])
            {
                Listed(store.Dimensions.Top(Demo, Referrer, Always)).Should().Equal(("blog.example", new Tally(1, 0, new ValueSum(1_000_000))), ("other", default));
                store.Counts.Count(Demo, MinuteRange.All).Hits.Should().Be(3);
            }
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public void Another_spam_list_counts_from_then_on()
    {
        var line = Lines.Hit(args: "r=https://spam.example/");
        Folder.AppendLines(line);
        Folder.Store.Tail.Run(CancellationToken.None);
        Folder.Store.Dispose();
        using (var store = Store.Open(new StoreOptions { DataPath = Folder.Path, Spam = new HostSet(["spam.example"]) }, Folder.Time))
        {
            Folder.AppendLines(line, line);
            store.Tail.Run(CancellationToken.None);
            Listed(store.Dimensions.Top(Demo, Referrer, Always)).Should().Equal(("spam.example", new Tally(1, 0, new ValueSum(1_000_000))), ("other", default));
        }
        Folder.Restart();
        Listed(Folder.Store.Dimensions.Top(Demo, Referrer, Always))[0].Item2.Hits.Should().Be(1);
    }

    [Fact]
    public void Rare_values_of_a_day_are_in_other_and_the_error_says_how_many_hits_that_may_be()
    {
        Ingest([.. Enumerable.Range(0, 3000).SelectMany(i => Enumerable.Repeat(Lines.Hit(args: $"d.plan=p{i}"), i < 5 ? 40 : 1))]);
        Folder.Restart();

        var top = Folder.Store.Dimensions.Top(Demo, Plan, Always);
        top.Total.Hits.Should().Be(3000 + 5 * 39);
        top.ByHits().Take(5).Select(one => one.Sums.Hits).Should().Equal(40, 40, 40, 40, 40);
        top.Other.Hits.Should().BeGreaterThan(1000);
        top.Error.Should().BeInRange(1, top.Total.Hits / top.Capacity);
        (top.ByHits().Sum(one => one.Sums.Hits) + top.Other.Hits).Should().Be(top.Total.Hits);
    }

    private void Ingest(params string[] lines) => _compared.Ingest(lines);

    private void Compare(Store store, Random random)
    {
        var today = MinuteRange.MinuteOf(Folder.Time.Now) / MinuteRange.PerDay;
        var brute = new MemoryDimensions(Memory);
        HitScope[] scopes = [Demo, Demo with { Key = HitKey.Parse("k1") }, new HitScope(TenantId.Parse("other"))];
        for (var i = 0; i < 40; i++)
        {
            var from = today - random.Next(100);
            var range = i == 0 ? Always : new DayRange(from, from + 1 + random.Next(100));
            var scope = scopes[i % scopes.Length];
            foreach (var dimension in new[] { Referrer, Plan, new DimensionName(Dimension.Key), new DimensionName(Dimension.Browser) })
                Listed(store.Dimensions.Top(scope, dimension, range)).Should().Equal(Listed(brute.Top(scope, dimension, range)));
        }
    }

    private static List<(string, Tally)> Listed(Core.Sketches.HeavyHitters top) =>
        [.. top.ByHits().Select(one => (Encoding.UTF8.GetString(one.Name.Span), one.Sums)).Append(("other", top.Other))];

    private string Line(Random random, int days = 90, int keys = 4) => JournalLine.Of(
        random.Next(4) == 0 ? "other" : "demo", $"k{random.Next(keys)}", Folder.Time.Now.AddMinutes(-random.Next(days * MinuteRange.PerDay)),
        random.Next(2) == 0 ? $"d.plan=p{random.Next(8)}&tv={random.Next(-3, 9)}" : "",
        userAgent: random.Next(3) == 0 ? "curl/8.14.1" : "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        referrer: random.Next(3) == 0 ? "" : $"https://site{random.Next(20)}.example.com/a");
}
