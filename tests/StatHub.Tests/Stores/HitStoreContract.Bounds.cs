using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    [Fact]
    public async Task Hits_of_more_keys_than_a_tenant_may_have_count_under_the_overflow_key()
    {
        _store.Tenants.TryChange(_store.Tenants.Find(Demo)! with { KeyLimit = 3 }).Should().BeTrue();
        await IngestAsync([.. Enumerable.Range(0, 10).Select(i => JournalLine.Of("demo", $"k{i % 5}", Noon.AddSeconds(-i), "tv=2")), JournalLine.Of("other", "k9", Noon)]);
        await IngestAsync(JournalLine.Of("demo", "k1", Noon), JournalLine.Of("demo", "k7", Noon), JournalLine.Of("demo", "k7", Noon));

        _store.Counts.Keys(Demo, "", null, 100).Select(key => (key.Key.ToString(), key.Hits)).Should().Equal(("/other", 6), ("k0", 2), ("k1", 3), ("k2", 2));
        Count(new HitScope(Demo)).Should().Be(13);
        _store.Counts.Count(new HitScope(Demo, HitKey.Overflow), MinuteRange.All).Value.ToString().Should().Be("10");
        Lines(new HitScope(Demo, HitKey.Overflow)).Should().HaveCount(6).And.OnlyContain(line => line.Contains("\"key\":\"/other\"", StringComparison.Ordinal));
        Lines(new HitScope(Demo, HitKey.Overflow))[^1].Should().Contain("GET /p/demo/k7 ", "the request tells which key it was");
        Count(new HitScope(Other)).Should().Be(1);
    }

    [Fact]
    public async Task A_higher_limit_lets_new_keys_in_and_a_lower_one_leaves_those_there_are()
    {
        _store.Tenants.TryChange(_store.Tenants.Find(Demo)! with { KeyLimit = 1 });
        await IngestAsync(JournalLine.Of("demo", "a", Noon), JournalLine.Of("demo", "b", Noon));
        _store.Tenants.TryChange(_store.Tenants.Find(Demo)! with { KeyLimit = 2 });
        await IngestAsync(JournalLine.Of("demo", "b", Noon), JournalLine.Of("demo", "c", Noon));
        _store.Tenants.TryChange(_store.Tenants.Find(Demo)! with { KeyLimit = 1 });
        await IngestAsync(JournalLine.Of("demo", "b", Noon), JournalLine.Of("demo", "a", Noon), JournalLine.Of("demo", "d", Noon));

        _store.Counts.Keys(Demo, "", null, 100).Select(key => (key.Key.ToString(), key.Hits)).Should().Equal(("/other", 3), ("a", 2), ("b", 2));
    }

    [Fact]
    public async Task No_hit_can_be_called_like_the_overflow_key()
    {
        await IngestAsync(JournalLine.Of("demo", "/other", Noon));

        Count(new HitScope(Demo)).Should().Be(0);
        _store.Ledger.Totals(MinuteRange.All, Demo).Rejected.Should().Equal(new Dictionary<RejectReason, long> { [RejectReason.BadKey] = 1 });
    }

    [Fact]
    public async Task Hits_beyond_the_quota_of_their_day_are_refused_and_in_the_ledger()
    {
        _store.Tenants.TryChange(_store.Tenants.Find(Demo)! with { HitsPerDay = 5 });
        await IngestAsync([.. Enumerable.Range(0, 4).Select(i => Hit(i, $"n{i}")), JournalLine.Of("demo", "home", Noon.AddDays(-1))]);
        await IngestAsync([.. Enumerable.Range(4, 4).Select(i => Hit(i, $"n{i}")), JournalLine.Of("demo", "bad/key", Noon)]);

        Count(new HitScope(Demo)).Should().Be(6);
        var ledger = _store.Ledger.Totals(MinuteRange.All, Demo);
        ledger.Counted.Should().Be(6);
        ledger.Rejected.Should().Equal(new Dictionary<RejectReason, long> { [RejectReason.BadKey] = 1, [RejectReason.Quota] = 3 });
        _store.Ledger.Rejected(RejectReason.Quota, 10).Should().HaveCount(3);

        _store.Tenants.TryChange(_store.Tenants.Find(Demo)! with { HitsPerDay = null });
        await IngestAsync(Hit(9, "n9"));
        Count(new HitScope(Demo)).Should().Be(7);
    }

    [Fact]
    public void A_tenant_that_is_not_registered_cannot_be_changed()
    {
        _store.Tenants.TryChange(new Tenant(TenantId.Parse("nobody"), "Nobody", null, Noon)).Should().BeFalse();
        _store.Tenants.Find(TenantId.Parse("nobody")).Should().BeNull();
    }
}
