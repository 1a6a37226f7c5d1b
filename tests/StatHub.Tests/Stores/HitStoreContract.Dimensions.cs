using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    [Fact]
    public async Task Values_of_a_dimension_are_summed_over_whole_days()
    {
        const string firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        await _store.IngestAsync(
        [
            JournalLine.Of("demo", "home", Noon, "tv=2.5&d.plan=gold", userAgent: firefox, referrer: "https://www.google.com/search"),
            JournalLine.Of("demo", "home", Noon.AddHours(-11), "d.plan=gold", userAgent: "curl/8.14.1"),
            JournalLine.Of("demo", "a", Noon.AddDays(-45), "d.plan=free", userAgent: firefox),
            JournalLine.Of("other", "home", Noon, "d.plan=gold", userAgent: firefox),
        ]);
        var today = MinuteRange.MinuteOf(Noon) / MinuteRange.PerDay;
        var plan = new DimensionName(Dimension.Own, "plan");

        Top(new HitScope(Demo), plan, today, today + 1).Should().Equal(("gold", new Tally(2, 1, new ValueSum(3_500_000))));
        Top(new HitScope(Demo), plan, 0, long.MaxValue).Should().Equal(("gold", new Tally(2, 1, new ValueSum(3_500_000))), ("free", new Tally(1, 0, new ValueSum(1_000_000))));
        Top(new HitScope(Demo, HitKey.Parse("a")), plan, today - 60, today).Should().Equal(("free", new Tally(1, 0, new ValueSum(1_000_000))));
        Top(new HitScope(Demo), new DimensionName(Dimension.Key), today - 60, today + 1).Select(one => (one.Name, one.Sums.Hits)).Should().Equal(("home", 2), ("a", 1));
        Top(new HitScope(Demo), new DimensionName(Dimension.Source), today, today + 1).Select(one => one.Name).Should().Equal("Google");
        Top(new HitScope(Demo), new DimensionName(Dimension.Browser), today, today + 1).Select(one => one.Name).Should().BeEquivalentTo("Firefox", "curl");
        Top(new HitScope(Demo), new DimensionName(Dimension.Own, "other"), 0, long.MaxValue).Should().BeEmpty();
        Top(new HitScope(TenantId.Parse("nobody")), plan, 0, long.MaxValue).Should().BeEmpty();
        _store.Dimensions.Series(new HitScope(Demo), plan, "gold", new DayRange(today - 50, today + 1)).Should().Equal(
            new Dictionary<long, Tally> { [today] = new(2, 1, new ValueSum(3_500_000)) });
    }

    [Fact]
    public async Task An_erased_tenant_has_no_dimensions_when_it_is_registered_again()
    {
        await _store.IngestAsync([JournalLine.Of("demo", "home", Noon, "d.plan=gold")]);
        _store.Tenants.Erase(Demo);
        _store.Tenants.TryCreate(new Tenant(Demo, "Demo", null, Noon.AddMinutes(-10))).Should().BeTrue();
        await _store.IngestAsync([JournalLine.Of("demo", "home", Noon, "d.plan=free")]);

        Top(new HitScope(Demo), new DimensionName(Dimension.Own, "plan"), 0, long.MaxValue).Select(one => one.Name).Should().Equal("free");
    }

    private List<(string Name, Tally Sums)> Top(HitScope scope, DimensionName dimension, long from, long to) =>
        [.. _store.Dimensions.Top(scope, dimension, new DayRange(from, to)).ByHits().Select(one => (Encoding.UTF8.GetString(one.Name.Span), one.Sums))];
}
