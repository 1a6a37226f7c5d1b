using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Tenants;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage.Tenants;

public sealed class ErasuresTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    private readonly StoreFolder _folder = new(pendingValues: 0);

    private string Path => System.IO.Path.Combine(_folder.Path, "erasures.jsonl");

    private Erasures Erasures => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_erase_is_noted_with_its_instant()
    {
        _folder.Store.Tenants.Erase(Demo).Should().BeTrue();
        _folder.Store.Tenants.Erase(Demo).Should().BeFalse();

        File.ReadAllText(Path).Should().Be($$"""{"tenant":"demo","erasedAt":{{Lines.Now}}}""" + "\n");
        Erasures.Read().Should().Equal(new Dictionary<TenantId, long> { [Demo] = Lines.Now });
    }

    [Fact]
    public void The_latest_erase_of_each_tenant_counts()
    {
        Erasures.Read().Should().BeEmpty();
        foreach (var (tenant, at) in (ReadOnlySpan<(string, long)>)[("a", 5), ("b", 7), ("a", 9), ("b", 6)])
            Erasures.Append(TenantId.Parse(tenant), at);

        Erasures.Read().Should().BeEquivalentTo(new Dictionary<TenantId, long> { [TenantId.Parse("a")] = 9, [TenantId.Parse("b")] = 7 });
    }

    [Fact]
    public void A_last_line_that_was_cut_short_is_ignored_and_written_over()
    {
        const string first = "{\"tenant\":\"a\",\"erasedAt\":5}\n", torn = "{\"tenant\":\"b\",\"erasedAt\":6}";
        for (var length = 0; length <= torn.Length; length++)
        {
            File.WriteAllText(Path, first + torn[..length]);
            Erasures.Read().Should().ContainSingle().Which.Value.Should().Be(5);

            Erasures.Append(TenantId.Parse("c"), 7);

            File.ReadAllText(Path).Should().Be(first + "{\"tenant\":\"c\",\"erasedAt\":7}\n");
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{\"tenant\":\"b\"}")]
    [InlineData("{\"erasedAt\":6}")]
    [InlineData("{\"tenant\":\"B!\",\"erasedAt\":6}")]
    [InlineData("null")]
    public void A_line_that_is_none_stops_the_start_and_is_named(string line)
    {
        File.WriteAllText(Path, $"{{\"tenant\":\"a\",\"erasedAt\":5}}\n{line}\n");

        var restart = _folder.Restart;
        restart.Should().Throw<StoreException>().WithMessage("Line 2 of *erasures.jsonl is no erasure*");

        File.Delete(Path);
        _folder.Restart();
    }

    [Fact]
    public void An_erase_outlives_a_database_that_is_older()
    {
        _folder.Ingest(Lines.Hit(key: "secret"), Lines.Hit(tenant: "other"));
        _folder.Store.Dispose();
        _folder.Shell("cp stathub.db old");
        _folder.Restart();
        _folder.Time.Now = _folder.Time.Now.AddHours(1);
        _folder.Store.Tenants.Erase(Demo).Should().BeTrue();
        _folder.Store.Dispose();
        _folder.Shell("rm stathub.db*; mv old stathub.db");

        _folder.Restart();

        _folder.Store.Tenants.Find(Demo).Should().BeNull();
        _folder.Hits().Should().Be(0);
        _folder.Hits("other").Should().Be(1);
        _folder.Shell("zcat segments/*.jsonl.gz | grep -c secret").Should().Be("0\n");
        _folder.Ingest(Lines.Hit(key: "late"));
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 2, ["tenant_erased"] = 1 });
        _folder.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void An_erase_that_was_noted_and_not_done_is_done_by_the_next_start()
    {
        _folder.Ingest(Lines.Hit(key: "secret"));
        Erasures.Append(Demo, Lines.Now);
        _folder.Store.Tenants.Find(Demo).Should().NotBeNull();

        _folder.Restart();

        _folder.Store.Tenants.Find(Demo).Should().BeNull();
        _folder.Shell("zcat segments/*.jsonl.gz | grep -c secret").Should().Be("0\n");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Who_was_registered_after_an_erase_stays_also_when_the_clock_was_set_back(int hours)
    {
        _folder.Store.Tenants.Erase(Demo).Should().BeTrue();
        Register(hours);
        _folder.Restart();
        _folder.Store.Tenants.Find(Demo).Should().NotBeNull();

        // Nor does a database that never knew of the tenant take the new one for the erased.
        _folder.Store.Dispose();
        _folder.Shell("rm -r stathub.db* segments");
        _folder.Restart();
        Register(0);
        _folder.Restart();
        _folder.Store.Tenants.Find(Demo).Should().NotBeNull();
    }

    private void Register(int hours)
    {
        _folder.Time.Now = _folder.Time.Now.AddHours(hours);
        _folder.Store.Tenants.TryCreate(new Tenant(Demo, "again", null, _folder.Time.Now)).Should().BeTrue();
    }
}
