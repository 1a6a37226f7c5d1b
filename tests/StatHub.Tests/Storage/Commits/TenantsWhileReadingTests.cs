using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
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
                Register(_folder, $"new{_read++}");
        };

        _folder.Ingest(Lines.Hit(), Lines.Hit(tenant: "new0"));
        _folder.Ingest(Lines.Hit(), Lines.Hit(tenant: "new0"), Lines.Hit(tenant: "new1"));

        _read.Should().Be(2);
        _folder.Hits().Should().Be(2);
        _folder.Ledger().Should().Equal(
            new Dictionary<string, long> { ["counted"] = 3, ["unknown_tenant"] = 2 }, "a line that was written before its tenant was registered is of nobody");
    }

    [Fact]
    public void Bounds_hold_while_others_are_registered()
    {
        using var folder = new StoreFolder(batchBytes: 1);
        folder.Store.Tenants.TryChange(folder.Store.Tenants.Find(Demo)! with { HitsPerDay = 5, KeyLimit = 3 }).Should().BeTrue();
        folder.OnCommitStep = step =>
        {
            if (step == CommitStep.BatchRead)
                Register(folder, $"new{_read++}");
        };

        folder.Ingest([.. Enumerable.Range(0, 20).Select(i => Lines.Hit(key: $"k{i}"))]);

        _read.Should().BeGreaterThanOrEqualTo(20);
        folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 5, ["quota"] = 15 });
        folder.Store.Counts.Count(new HitScope(Demo, HitKey.Overflow), MinuteRange.All).Hits.Should().Be(2);
    }

    [Theory]
    [InlineData(CommitStep.BatchRead)]
    [InlineData(CommitStep.OffsetsWritten)]
    [InlineData(CommitStep.Committed)]
    [InlineData(CommitStep.DimensionsAdded)]
    public void Bounds_hold_when_passes_end_early_or_fail(CommitStep step)
    {
        using var folder = new StoreFolder(batchBytes: 1);
        folder.Store.Tenants.TryChange(folder.Store.Tenants.Find(Demo)! with { HitsPerDay = 15, KeyLimit = 4 }).Should().BeTrue();
        folder.Append(string.Concat(Enumerable.Range(0, 40).Select(i => Lines.Hit(key: $"k{i % 7}") + "\n")));

        for (var (batch, passes) = (0, 0); passes < 100; passes++)
        {
            using var cancellation = new CancellationTokenSource();
            folder.OnCommitStep = at =>
            {
                if (at != step || batch++ % 3 != 2)
                    return;
                cancellation.Cancel();
                if (batch % 2 == 0)
                    throw new IOException("broken");
            };
            try
            {
                folder.Store.Tail.Run(cancellation.Token);
                break;
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                _read++;
            }
        }

        _read.Should().BeGreaterThan(4);
        folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 15, ["quota"] = 25 });
        // Of the first 15 lines k4 to k6 have three, seven and again three.
        folder.Store.Counts.Count(new HitScope(Demo, HitKey.Overflow), MinuteRange.All).Hits.Should().Be(6);
    }

    private void FirstTime(Action change) => _folder.OnCommitStep = step =>
    {
        if (step == CommitStep.BatchRead && _read++ == 0)
            change();
    };

    private static void Register(StoreFolder folder, string tenant) =>
        folder.Store.Tenants.TryCreate(new Tenant(TenantId.Parse(tenant), tenant, null, folder.Time.GetUtcNow())).Should().BeTrue();
}
