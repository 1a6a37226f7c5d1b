using StatHub.Core.Tenants;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage.Tenants;

public sealed class TenantBoundsTests : IDisposable
{
    private static readonly TenantEntry Demo = Lines.Entry("demo", 1) with { HitsPerDay = 2, KeyLimit = 2 };

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub bounds ").FullName;
    private readonly Writer _writer;
    private readonly ReadPool _readers;

    public TenantBoundsTests()
    {
        _writer = new Writer(_folder, DatabaseFile.Hits);
        _readers = new ReadPool(_folder, DatabaseFile.Hits);
        _writer.Transaction(() => _writer.Sql("INSERT INTO series VALUES (1, 1, '', 0, 0, 0)").Run());
    }

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_batch_that_is_committed_while_the_days_of_many_tenants_are_asked_for_is_taken_once()
    {
        var bounds = new TenantBounds(_readers);
        var first = bounds.Begin();
        first.TakesHit(Demo, 0).Should().BeTrue();
        var second = bounds.Begin();
        _writer.Transaction(() => _writer.Sql("INSERT INTO day (series, day, hits, value_e9, value_rest) VALUES (1, 0, 1, 0, 0)").Run());

        for (var number = 2; number < 100_010; number++)
            second.TakesHit(Demo with { Number = number }, 0).Should().BeTrue();

        second.TakesHit(Demo, 0).Should().BeTrue();
        second.TakesHit(Demo, 0).Should().BeFalse();
        bounds.Committed(first);
        second.TakesHit(Demo, 0).Should().BeFalse();
    }

    [Fact]
    public void What_a_batch_took_that_is_being_committed_counts_when_other_tenants_change()
    {
        var bounds = new TenantBounds(_readers);
        var first = bounds.Begin();
        first.TakesHit(Demo, 0).Should().BeTrue();
        first.TakesKey(Demo, [.. "a"u8]).Should().BeTrue();
        bounds.TenantsChanged();
        var second = bounds.Begin();
        _writer.Transaction(() =>
        {
            _writer.Sql("INSERT INTO day (series, day, hits, value_e9, value_rest) VALUES (1, 0, 1, 0, 0)").Run();
            _writer.Sql("INSERT INTO series VALUES (2, 1, 'a', 1, 0, 0)").Run();
        });

        second.TakesKey(Demo, [.. "b"u8]).Should().BeTrue();
        second.TakesKey(Demo, [.. "c"u8]).Should().BeFalse();
        second.TakesHit(Demo, 0).Should().BeTrue();
        second.TakesHit(Demo, 0).Should().BeFalse();
        bounds.Committed(first);
        second.TakesKey(Demo, [.. "c"u8]).Should().BeFalse();
        second.TakesHit(Demo, 0).Should().BeFalse();
    }

    [Fact]
    public void What_an_erase_took_behind_a_commit_does_not_count()
    {
        var bounds = new TenantBounds(_readers);
        var first = bounds.Begin();
        first.TakesHit(Demo, 0).Should().BeTrue();
        first.TakesKey(Demo, [.. "a"u8]).Should().BeTrue();
        bounds.TenantsChanged();
        bounds.Committed(first);

        var second = bounds.Begin();
        second.TakesKey(Demo, [.. "b"u8]).Should().BeTrue();
        second.TakesKey(Demo, [.. "c"u8]).Should().BeTrue();
        second.TakesHit(Demo, 0).Should().BeTrue();
        second.TakesHit(Demo, 0).Should().BeTrue();
    }
}
