using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    [Fact]
    public async Task Visitors_are_distinct_within_a_day_and_summed_over_days()
    {
        await IngestAsync(
            Visit(Noon, "192.0.2.1"), Visit(Noon.AddHours(-2), "192.0.2.1"), Visit(Noon, "192.0.2.2", "a"),
            Visit(Noon.AddDays(-1), "192.0.2.1"), Visit(Noon.AddDays(-40), "192.0.2.1"));

        Visitors(new HitScope(Demo), MinuteRange.All).Should().Be(4);
        Visitors(new HitScope(Demo, HitKey.Parse("home")), MinuteRange.All).Should().Be(3);
        Visitors(new HitScope(Other), MinuteRange.All).Should().Be(0);
        var today = MinuteRange.MinuteOf(Noon) / MinuteRange.PerDay * MinuteRange.PerDay;
        _store.Counts.Series(new HitScope(Demo), [today - MinuteRange.PerDay, today, today + (10 * 60), today + (12 * 60), today + (13 * 60), today + MinuteRange.PerDay])
            .Select(point => point.Visitors).Should().Equal(1, 0, 1, 2, 0);
    }

    [Fact]
    public async Task Another_address_or_user_agent_is_another_visitor_and_a_bot_is_none()
    {
        await IngestAsync(
            Visit(Noon, "192.0.2.1"), Visit(Noon, "2001:db8::1"), Visit(Noon, "192.0.2.1", agent: Browser + "1"),
            Visit(Noon, "192.0.2.3", agent: "curl/8.14.1"), Visit(Noon, "", agent: Browser));

        Visitors(new HitScope(Demo), MinuteRange.All).Should().Be(3);
        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Hits.Should().Be(5);
    }

    [Fact]
    public async Task Visitors_are_told_of_whole_hours_only()
    {
        await IngestAsync(Visit(Noon, "192.0.2.1"));
        var hour = MinuteRange.MinuteOf(Noon) / 60 * 60;

        Visitors(new HitScope(Demo), new MinuteRange(hour, hour + 60)).Should().Be(1);
        Visitors(new HitScope(Demo), new MinuteRange(hour, hour + 59)).Should().BeNull();
        Visitors(new HitScope(Demo), new MinuteRange(hour + 1, MinuteRange.Unbounded)).Should().BeNull();
    }

    [Fact]
    public async Task Whatever_range_and_buckets_visitors_are_those_of_brute_force()
    {
        var random = new Random(12);
        var brute = new MemoryStore(Time);
        brute.TryCreate(new Tenant(Demo, "Demo", null, Noon.AddYears(-10)));
        for (var round = 0; round < 5; round++)
        {
            // Of days whose salt is destroyed visitors that come again are others.
            string[] lines =
            [
                .. Enumerable.Range(0, 100).Select(_ => Visit(random, Noon.AddMinutes(-random.Next(3000)), $"192.0.2.{random.Next(20)}")),
                .. Enumerable.Range(0, 50).Select(_ => Visit(random, Noon.AddMinutes(-random.Next(4500, 100_000)), $"198.51.{round}.{random.Next(20)}")),
            ];
            await IngestAsync(lines);
            brute.Ingest(lines);
            // Every other round sees the sums of the round before written and its own waiting.
            Time.Now = Time.Now.AddSeconds(40);
            foreach (var scope in (HitScope[])[new(Demo), new(Demo, HitKey.Parse("k1"))])
            {
                foreach (var boundaries in Boundaries(random))
                {
                    _store.Counts.Series(scope, boundaries).Should().Equal(brute.Series(scope, boundaries));
                    var range = new MinuteRange(boundaries[0], boundaries[^1]);
                    _store.Counts.Count(scope, range).Should().Be(brute.Count(scope, range));
                }
            }
        }
    }

    private static string Visit(Random random, DateTimeOffset instant, string address) =>
        Visit(instant, address, $"k{random.Next(3)}", random.Next(9) == 0 ? "curl/8.14.1" : Browser);

    /// <summary>Few and many buckets; of hours, days, days of another zone, and of anything.</summary>
    private static IEnumerable<long[]> Boundaries(Random random)
    {
        var end = MinuteRange.MinuteOf(Noon) / MinuteRange.PerDay * MinuteRange.PerDay + MinuteRange.PerDay;
        foreach (var count in (int[])[2, 7, 80])
        {
            foreach (var (unit, shift) in ((int, int)[])[(60, 0), (MinuteRange.PerDay, 0), (MinuteRange.PerDay, -60), (7 * 60, 0), (MinuteRange.PerDay, 30)])
                yield return [.. Enumerable.Range(0, count + 1).Select(i => end + shift - ((count - i) * unit))];
            var at = end;
            yield return [.. Enumerable.Range(0, count).Select(_ => at -= random.Next(1, 50) * (random.Next(3) == 0 ? 17 : 60)).Reverse()];
        }
    }

    private long? Visitors(HitScope scope, MinuteRange range) => _store.Counts.Count(scope, range).Visitors;

    private static string Visit(DateTimeOffset instant, string address, string key = "home", string agent = Browser) =>
        JournalLine.Of("demo", key, instant, userAgent: agent, remoteAddress: address);
}
