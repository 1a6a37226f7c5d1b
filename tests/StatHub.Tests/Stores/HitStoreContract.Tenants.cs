using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    [Fact]
    public void Tenants_are_registered_once_and_listed_by_name()
    {
        _store.Tenants.TryCreate(new Tenant(Demo, "Again", 1, Noon)).Should().BeFalse();
        _store.Tenants.TryCreate(new Tenant(TenantId.Parse("a"), "Z", null, Noon)).Should().BeTrue();

        _store.Tenants.List().Select(tenant => tenant.Id.ToString()).Should().Equal("a", "demo", "other");
        _store.Tenants.Find(Demo).Should().Be(new Tenant(Demo, "Demo", null, Noon.AddYears(-10)));
        _store.Tenants.Find(Other)!.RetentionDays.Should().Be(30);
        _store.Tenants.Find(TenantId.Parse("nobody")).Should().BeNull();
    }

    [Fact]
    public void What_is_said_of_a_tenant_is_kept_and_replaced()
    {
        WebOrigins.TryCreate(["https://shop.example", "http://localhost:3000"], out var pages).Should().BeTrue();
        var shop = new Tenant(TenantId.Parse("shop"), "Shop", 30, Noon, 50, 1000, 12) { PublicRead = true, CorsOrigins = pages };
        _store.Tenants.TryCreate(shop).Should().BeTrue();
        _store.Tenants.Find(shop.Id).Should().Be(shop);

        var changed = shop with { Name = "Other", RetentionDays = 59, KeyLimit = null, HitsPerDay = null, RollupMonths = 2, PublicRead = false, CorsOrigins = default };
        _store.Tenants.TryChange(changed).Should().BeTrue();
        _store.Tenants.Find(shop.Id).Should().Be(changed);
    }

    [Fact]
    public async Task A_tenant_that_is_erased_and_registered_again_counts_its_keys_from_nothing()
    {
        await _store.IngestAsync([JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "a", Noon)]);
        _store.Tenants.Erase(Demo).Should().BeTrue();
        await _store.IngestAsync([JournalLine.Of("other", "x", Noon), JournalLine.Of("other", "y", Noon), JournalLine.Of("other", "z", Noon)]);
        _store.Tenants.TryCreate(new Tenant(Demo, "Demo", null, Noon.AddMinutes(-10))).Should().BeTrue();

        await _store.IngestAsync([JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "a", Noon), JournalLine.Of("demo", "home", Noon)]);

        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Hits.Should().Be(3);
        _store.Counts.Count(new HitScope(Demo, HitKey.Parse("home")), MinuteRange.All).Hits.Should().Be(2);
        _store.Counts.Count(new HitScope(Other), MinuteRange.All).Hits.Should().Be(3);
        _store.Counts.Count(new HitScope(Other, HitKey.Parse("x")), MinuteRange.All).Hits.Should().Be(1);
    }

    [Fact]
    public async Task An_erased_tenant_leaves_nothing_and_its_late_lines_are_refused()
    {
        await IngestAsync(JournalLine.Of("demo", "home", Noon), JournalLine.Of("other", "home", Noon));
        var hash = Hash("theirs");
        _store.Tokens.Create("theirs", Demo, TokenScopes.Read, hash);

        _store.Tenants.Erase(Demo).Should().BeTrue();
        _store.Tenants.Erase(Demo).Should().BeFalse();
        await IngestAsync(JournalLine.Of("demo", "home", Noon));

        _store.Tenants.Find(Demo).Should().BeNull();
        _store.Tokens.Find(hash).Should().BeNull();
        Count(new HitScope(Demo)).Should().Be(0);
        Lines(new HitScope(Demo)).Should().BeEmpty();
        _store.Counts.Keys(Demo, "", null, 10).Should().BeEmpty();
        _store.Ledger.Totals(MinuteRange.All, null).Rejected[RejectReason.TenantErased].Should().Be(1);
        Count(new HitScope(Other)).Should().Be(1);
    }

    [Fact]
    public void Nobody_reads_a_tenant_that_is_registered_again_unless_it_says_so_again()
    {
        _store.Tenants.TryChange(_store.Tenants.Find(Demo)! with { PublicRead = true }).Should().BeTrue();
        _store.Tenants.Erase(Demo).Should().BeTrue();
        _store.Tenants.TryCreate(new Tenant(Demo, "Demo", null, Noon)).Should().BeTrue();

        _store.Tenants.Find(Demo)!.PublicRead.Should().BeFalse();
    }

    [Fact]
    public async Task A_tenant_that_is_registered_again_gets_only_hits_since_then()
    {
        _store.Tenants.Erase(Demo);
        Time.Now = Noon.AddMinutes(5);
        _store.Tenants.TryCreate(new Tenant(Demo, "Demo", null, Time.Now)).Should().BeTrue();

        await IngestAsync(JournalLine.Of("demo", "home", Noon.AddMinutes(4)), JournalLine.Of("demo", "home", Noon.AddMinutes(6)));

        Count(new HitScope(Demo)).Should().Be(1);
        _store.Ledger.Totals(MinuteRange.All, null).Rejected[RejectReason.TenantErased].Should().Be(1);
    }
}
