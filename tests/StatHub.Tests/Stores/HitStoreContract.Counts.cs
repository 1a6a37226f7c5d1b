using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    [Fact]
    public async Task Hits_of_bots_are_counted_and_told_apart()
    {
        const string crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
        await _store.IngestAsync(
        [
            JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "home", Noon.AddMinutes(-61), userAgent: crawler),
            JournalLine.Of("demo", "home", Noon.AddMinutes(-61), userAgent: ""), JournalLine.Of("demo", "a", Noon.AddDays(-40), userAgent: "curl/8.14.1"),
        ]);

        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Should().Be(new HitTotals(4, 3, new ValueSum(4_000_000), 1));
        _store.Counts.Count(new HitScope(Demo, HitKey.Parse("home")), MinuteRange.All).Bots.Should().Be(2);
        var hour = MinuteRange.MinuteOf(Noon.AddMinutes(-61)) / 60 * 60;
        _store.Counts.Series(new HitScope(Demo), [hour, hour + 59, hour + 60, hour + 180]).Select(point => (point.Hits, point.Bots))
            .Should().Equal((0, 0), (2, 2), (1, 0));
    }

    [Fact]
    public void Nothing_has_sums_of_zero()
    {
        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Should().Be(HitTotals.None);
        _store.Counts.Count(new HitScope(TenantId.Parse("nobody"), HitKey.Parse("x")), MinuteRange.All).Should().Be(HitTotals.None);
        _store.Counts.Series(new HitScope(Demo), [0, 1, 1440]).Should().Equal(HitTotals.None with { Visitors = null }, HitTotals.None with { Visitors = null });
        _store.Counts.Keys(Demo, "", null, 10).Should().BeEmpty();
    }

    [Fact]
    public async Task Count_includes_the_first_minute_and_excludes_the_last()
    {
        var minute = MinuteRange.MinuteOf(Noon);
        await IngestAsync(
            JournalLine.Of("demo", "home", MinuteRange.InstantOf(minute).AddMilliseconds(-1)),
            JournalLine.Of("demo", "home", MinuteRange.InstantOf(minute)),
            JournalLine.Of("demo", "home", MinuteRange.InstantOf(minute + 1).AddMilliseconds(-1)),
            JournalLine.Of("demo", "home", MinuteRange.InstantOf(minute + 1)));

        Count(new HitScope(Demo), minute, minute + 1).Should().Be(2);
        Count(new HitScope(Demo), minute - 1, minute + 2).Should().Be(4);
        Count(new HitScope(Demo), 0, MinuteRange.Unbounded).Should().Be(4);
    }

    [Fact]
    public async Task Counts_of_keys_and_tenants_are_their_own()
    {
        await IngestAsync(
            JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "Home", Noon), JournalLine.Of("demo", "hom", Noon),
            JournalLine.Of("other", "home", Noon));

        Count(new HitScope(Demo)).Should().Be(3);
        Count(new HitScope(Demo, HitKey.Parse("home"))).Should().Be(1);
        Count(new HitScope(Other)).Should().Be(1);
        Count(new HitScope(Other, HitKey.Parse("Home"))).Should().Be(0);
    }

    [Fact]
    public async Task Values_are_summed_exactly()
    {
        await IngestAsync([.. Enumerable.Repeat(JournalLine.Of("demo", "home", Noon, "tv=0.1"), 10), JournalLine.Of("demo", "home", Noon, "tv=-999999999999.999999")]);

        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Value.ToString().Should().Be("-999999999998.999999");
    }

    [Fact]
    public async Task Later_batches_add_to_earlier_ones()
    {
        await IngestAsync(JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "home", Noon.AddDays(-3)));
        Time.Now = Noon.AddMinutes(1);
        await IngestAsync(JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "home", Noon.AddDays(-3)));

        Count(new HitScope(Demo)).Should().Be(4);
        Lines(new HitScope(Demo)).Should().HaveCount(4);
    }

    [Fact]
    public async Task Whatever_is_asked_it_is_what_brute_force_answers()
    {
        var oracle = new MemoryStore(Time);
        oracle.TryCreate(_store.Tenants.Find(Demo)!);
        oracle.TryCreate(_store.Tenants.Find(Other)!);
        var random = new Random(20260301);
        for (var batch = 0; batch < 5; batch++)
        {
            List<string> lines = [.. Enumerable.Range(0, 200).Select(_ => RandomLine(random))];
            oracle.Ingest(lines);
            await IngestAsync([.. lines]);
        }
        var minute = MinuteRange.MinuteOf(Noon);
        var questions =
            from scope in Gen.Elements<HitScope>(new(Demo), new(Demo, HitKey.Parse("k1")), new(Demo, HitKey.Parse("k2")), new(Other))
            from cuts in Gen.ListOf(Gen.Choose((int)minute - 9000, (int)minute + 10), 6)
            select (scope, boundaries: cuts.Select(cut => (long)cut).Distinct().Order().ToArray());

        Prop.ForAll(questions.ToArbitrary(), question =>
        {
            var (scope, boundaries) = question;
            var range = new MinuteRange(boundaries[0], boundaries[^1] + 1);
            _store.Counts.Count(scope, range).Should().Be(oracle.Count(scope, range));
            _store.Counts.Series(scope, boundaries).Should().Equal(oracle.Series(scope, boundaries));
            ReadAll(_store.Raw.Open(scope, range, null)).Select(Args).Should().Equal(ReadAll(oracle.Open(scope, range, null)).Select(Args));
        }).QuickCheckThrowOnFailure();
    }

    private static string RandomLine(Random random) => JournalLine.Of(
        random.Next(10) switch { 0 => "other", 1 => "nobody", _ => "demo" },
        $"k{random.Next(4)}",
        Noon.AddMinutes(-random.Next(8000)).AddMilliseconds(random.Next(3)),
        random.Next(3) switch { 0 => $"n={random.Next()}", 1 => $"tv={random.Next(-100, 100)}.{random.Next(10)}", _ => $"tv=wrong&n={random.Next()}" },
        random.Next(20) == 0 ? 429 : 200, remoteAddress: "");
}
