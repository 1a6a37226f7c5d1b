using StatHub.Core.Tenants;
using StatHub.Storage.Commits;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage.Commits;

/// <summary>Tenants change between the reading of a batch and its commit.</summary>
public sealed class TenantsWhileReadingTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    private readonly StoreFolder _folder = new();
    private int _read;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hits_of_a_tenant_that_is_erased_while_they_are_read_are_of_an_erased_one()
    {
        FirstTime(() => _folder.Store.Tenants.Erase(Demo).Should().BeTrue());

        _folder.Ingest(Lines.Hit(), Lines.Hit(tenant: "other"));

        _read.Should().Be(2);
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 1, ["tenant_erased"] = 1 });
    }

    [Fact]
    public void Hits_of_a_tenant_that_is_bounded_while_they_are_read_are_bounded()
    {
        FirstTime(() => _folder.Store.Tenants.TryChange(_folder.Store.Tenants.Find(Demo)! with { HitsPerDay = 1 }).Should().BeTrue());

        _folder.Ingest(Lines.Hit(), Lines.Hit());

        _read.Should().Be(2);
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 1, ["quota"] = 1 });
    }

    [Fact]
    public void Registering_others_does_not_hold_up_a_commit()
    {
        _folder.OnCommitStep = step =>
        {
            if (step == CommitStep.BatchRead)
                Register($"new{_read++}");
        };

        _folder.Ingest(Lines.Hit(), Lines.Hit(tenant: "new0"));
        _folder.Ingest(Lines.Hit(), Lines.Hit(tenant: "new0"), Lines.Hit(tenant: "new1"));

        _read.Should().Be(2);
        _folder.Hits().Should().Be(2);
        _folder.Ledger().Should().Equal(
            new Dictionary<string, long> { ["counted"] = 3, ["unknown_tenant"] = 2 }, "a line that was written before its tenant was registered is of nobody");
    }

    private void FirstTime(Action change) => _folder.OnCommitStep = step =>
    {
        if (step == CommitStep.BatchRead && _read++ == 0)
            change();
    };

    private void Register(string tenant) =>
        _folder.Store.Tenants.TryCreate(new Tenant(TenantId.Parse(tenant), tenant, null, _folder.Time.GetUtcNow())).Should().BeTrue();
}
