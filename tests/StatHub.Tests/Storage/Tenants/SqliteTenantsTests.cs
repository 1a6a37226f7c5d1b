using System.Text;
using StatHub.Core.Tenants;
using StatHub.Storage.Retention;
using StatHub.Storage.Segments;
using StatHub.Storage.Sqlite;
using StatHub.Storage.Tenants;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Tenants;

public sealed class SqliteTenantsTests : IDisposable
{
    private static readonly TenantId[] Ids = [.. Enumerable.Range(0, 12).Select(i => TenantId.Parse($"site{i}"))];

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub tenants ").FullName;
    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now));
    private Writer _writer;
    private SqliteTenants _tenants;

    public SqliteTenantsTests() => (_writer, _tenants) = Open();

    public void Dispose()
    {
        _writer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_a_start_loads_is_what_the_changes_made_step_by_step(int seed)
    {
        var random = new Random(seed);
        for (var step = 1; step <= 400; step++)
        {
            Change(random);
            if (step % 20 == 0)
                CompareWithStart();
        }
        _tenants.List().Should().NotBeEmpty();
    }

    [Fact]
    public void A_directory_stays_as_it_was_and_another_takes_its_place_at_every_change_only()
    {
        var tenant = Some(Ids[0], 7);
        var empty = _tenants.Directory;
        _tenants.TryCreate(tenant).Should().BeTrue();
        var one = _tenants.Directory;
        one.Should().NotBeSameAs(empty);
        empty.TryFind(Bytes(Ids[0]), out _).Should().BeFalse();

        _tenants.TryCreate(tenant).Should().BeFalse();
        _tenants.TryChange(Some(Ids[1], 1)).Should().BeFalse();
        _tenants.Erase(Ids[1]).Should().BeFalse();
        _tenants.EraseAgain().Should().BeFalse();
        _tenants.Directory.Should().BeSameAs(one);

        _tenants.TryChange(tenant with { KeyLimit = 9 }).Should().BeTrue();
        var changed = _tenants.Directory;
        changed.Should().NotBeSameAs(one);
        _tenants.Erase(Ids[0]).Should().BeTrue();
        _tenants.Directory.Should().NotBeSameAs(changed);
        Entry(one, Ids[0])!.KeyLimit.Should().Be(7);
        Entry(changed, Ids[0]).Should().Match<TenantEntry>(entry => entry.KeyLimit == 9 && entry.Registered);
        Entry(_tenants.Directory, Ids[0])!.Registered.Should().BeFalse();
    }

    [Fact]
    public void A_transaction_that_failed_has_changed_nothing()
    {
        _tenants.TryCreate(Some(Ids[0], 7));
        foreach (var failure in (string[])["nonsense", "ROLLBACK"])
        {
            var change = () => _tenants.Change(Ids[0], () => Title("lost") && _writer.Sql(failure).Run() >= 0);
            change.Should().Throw<Microsoft.Data.Sqlite.SqliteException>();

            _tenants.Find(Ids[0]).Should().Be(Some(Ids[0], 7));
            CompareWithStart();
        }
        _tenants.TryChange(Some(Ids[0], 8)).Should().BeTrue();
        CompareWithStart();
    }

    [Fact]
    public void A_transaction_that_failed_and_is_in_the_file_all_the_same_counts_and_gives_another_directory()
    {
        _tenants.TryCreate(Some(Ids[0], 7));
        var before = _tenants.Directory;

        var change = () => _tenants.Change(Ids[0], () => Title("kept") && _writer.Sql("COMMIT").Run() >= 0);
        change.Should().Throw<Microsoft.Data.Sqlite.SqliteException>();

        _tenants.Directory.Should().NotBeSameAs(before);
        _tenants.Find(Ids[0])!.Name.Should().Be("kept");
        CompareWithStart();
    }

    private (Writer, SqliteTenants) Open()
    {
        var writer = new Writer(_folder, DatabaseFile.Hits);
        var wiper = new SegmentWiper(writer, new SegmentFolder(Path.Combine(_folder, "segments")), new RollupFolder(_folder));
        return (writer, new SqliteTenants(writer, wiper, new Erasures(_folder), _time, keyLimit: 1000));
    }

    private void Change(Random random)
    {
        _time.Now = _time.Now.AddSeconds(random.Next(100));
        var id = Ids[random.Next(Ids.Length)];
        var isThere = _tenants.Find(id) is not null;
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                _tenants.TryCreate(Some(id, random.Next(1, 5))).Should().Be(!isThere);
                break;
            case 3 or 4:
                var changed = Some(id, random.Next(1, 5)) with { CreatedAt = _time.Now, KeyLimit = null, HitsPerDay = random.Next(1, 9), RetentionDays = 30 };
                _tenants.TryChange(changed).Should().Be(isThere);
                break;
            case 5:
                _tenants.Change(id, () => _writer.Sql("UPDATE tenant SET sums_from_day = sums_from_day + 20000 WHERE name = ?1 AND registered = 1").Run(id.ToString()) > 0)
                    .Should().Be(isThere);
                break;
            default:
                _tenants.Erase(id).Should().Be(isThere);
                break;
        }
    }

    private Tenant Some(TenantId id, int limit) => new(id, $"Number {limit}", null, _time.Now, limit, null, limit);

    private bool Title(string title) => _writer.Sql("UPDATE tenant SET title = ?1").Run(title) > 0;

    private void CompareWithStart()
    {
        var (before, tenants) = (_tenants.Directory, _tenants.List());
        _writer.Dispose();
        (_writer, _tenants) = Open();

        _tenants.List().Should().Equal(tenants);
        foreach (var id in Ids)
        {
            _tenants.Find(id).Should().Be(tenants.SingleOrDefault(tenant => tenant.Id == id));
            Entry(_tenants.Directory, id).Should().BeEquivalentTo(Entry(before, id));
        }
    }

    private static TenantEntry? Entry(TenantDirectory directory, TenantId id) => directory.TryFind(Bytes(id), out var entry) ? entry : null;

    private static byte[] Bytes(TenantId id) => Encoding.UTF8.GetBytes(id.ToString());
}
