using Microsoft.Data.Sqlite;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Stats;
using StatHub.Tests.Storage;
using static StatHub.Tests.Stats.StatReports;

namespace StatHub.Tests.Stats;

public sealed class StatsArchiveTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    private readonly StoreFolder _folder = new();
    private readonly Dictionary<string, TimeSpan> _periods = [];
    private readonly StatsArchiver _archiver;

    public StatsArchiveTests()
    {
        _folder.Time.Now = DateTimeOffset.FromUnixTimeSeconds(1_788_004_800);
        _archiver = new StatsArchiver(Stats, _folder.Store.Tenants, dim => _periods.GetValueOrDefault(dim, TimeSpan.FromMinutes(10)), _folder.Time);
    }

    private SqliteStats Stats => _folder.Store.Stats;

    private string Path => System.IO.Path.Combine(_folder.Path, "stats-archive.db");

    [Fact]
    public async Task A_row_is_written_for_each_value_and_the_total_once_a_period()
    {
        await Stats.ApplyAsync(Demo, Update("a", "country=es", "k=5", members: "m=alice"));
        await Stats.ApplyAsync(Demo, Update("b", "country=de", "k=7"));
        _archiver.Run().Failures.Should().BeEmpty();
        await Stats.ApplyAsync(Demo, Update("b", "country=de", "k=9"));

        _archiver.Run().Failures.Should().BeEmpty();
        new StatsArchiver(Stats, _folder.Store.Tenants, _ => TimeSpan.FromMinutes(10), _folder.Time).Run().Failures.Should().BeEmpty("a restart does not write it again");

        Rows("SELECT _dim, _ts, k, m FROM country ORDER BY _dim").Should().Equal("de|1788004800|7|", "es|1788004800|5|1", "total|1788004800|12|1");
        _folder.Time.Now = _folder.Time.Now.AddSeconds(600);
        _archiver.Run();
        Rows("SELECT _dim, _ts, k, m FROM country WHERE _ts > 1788004800 ORDER BY _dim").Should().Equal("de|1788005400|9|", "es|1788005400|5|1", "total|1788005400|14|1");
    }

    [Fact]
    public async Task Columns_come_with_stats_and_never_go()
    {
        await Stats.ApplyAsync(Demo, Update("a", "country=es", "k=5"));
        _archiver.Run();
        await Stats.DeleteAsync(Demo, "k");
        await Stats.ApplyAsync(Demo, Update("a", "country=es", "j=1,K=2", members: "j=x"));
        _folder.Time.Now = _folder.Time.Now.AddSeconds(600);
        _archiver.Run().Failures.Should().BeEmpty();

        Rows("SELECT name FROM pragma_table_info('country')").Should().Equal("_tenant", "_dim", "_ts", "k", "K (2)", "j", "j (2)");
        Rows("SELECT k, \"K (2)\", j, \"j (2)\" FROM country WHERE _dim = 'es' ORDER BY _ts").Should().Equal("5|||", "|2|1|1");
        Rows("SELECT kind, stat, name FROM _column WHERE dim = 'country' ORDER BY name").Should().Equal("1|K|K (2)", "1|j|j", "2|j|j (2)", "1|k|k");
    }

    [Fact]
    public async Task Names_cannot_be_taken_for_sql_or_for_what_is_the_archives()
    {
        var names = (string[])["\"; DROP TABLE _column; --", "_column", "sqlite_x", "dim:a", "select", "_ts"];
        foreach (var name in names)
        {
            var builder = new StatUpdateBuilder();
            builder.Dim(name, "'v\"");
            builder.Counter(name, 3);
            builder.Counter("_tenant", 4);
            builder.TryBuild("a", out var update).Should().BeTrue();
            await Stats.ApplyAsync(Demo, update!);
        }

        _archiver.Run().Failures.Should().BeEmpty();

        Rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").Should().Equal(
            "\"; drop table _column; --", "_column", "_erased", "dim:_column", "dim:_ts", "dim:dim:a", "dim:sqlite_x", "select");
        Rows("SELECT _tenant, _dim, \"_ts (2)\" FROM \"dim:_ts\"").Should().Equal("demo|'v\"|3", "demo|total|3");
    }

    [Fact]
    public async Task Dims_have_periods_of_their_own()
    {
        _periods["user"] = TimeSpan.FromSeconds(60);
        await Stats.ApplyAsync(Demo, Update("a", "country=es,user=u", "k=5"));
        foreach (var _ in Enumerable.Range(0, 10))
        {
            _archiver.Run().Failures.Should().BeEmpty();
            _folder.Time.Now = _folder.Time.Now.AddSeconds(60);
        }

        Rows("SELECT count(*) FROM country WHERE _dim = 'total'").Should().Equal("1");
        Rows("SELECT count(*) FROM user WHERE _dim = 'total'").Should().Equal("10");
    }

    [Fact]
    public async Task What_could_not_be_written_is_told_and_written_by_the_next_run()
    {
        await Stats.ApplyAsync(Demo, Update("a", "country=es", "k=5"));
        Directory.CreateDirectory(Path);
        _archiver.Run().Failures.Should().ContainSingle();
        Directory.Delete(Path);

        _archiver.Run().Failures.Should().BeEmpty();

        Rows("SELECT k FROM country WHERE _dim = 'es'").Should().Equal("5");
    }

    [Fact]
    public async Task A_total_of_over_64_bits_is_kept_as_text()
    {
        await Stats.ApplyAsync(Demo, Update("a", "country=es", $"k={long.MaxValue}"));
        await Stats.ApplyAsync(Demo, Update("b", "country=de", "k=1"));

        _archiver.Run();

        Rows("SELECT typeof(k), k FROM country ORDER BY _dim").Should().Equal("integer|1", "integer|9223372036854775807", "text|9223372036854775808");
    }

    [Fact]
    public async Task An_erased_tenant_leaves_nothing_in_the_archive()
    {
        await Stats.ApplyAsync(Demo, Update("a", "country=es,secret=project", "k=5,hidden=7"));
        await Stats.ApplyAsync(TenantId.Parse("other"), Update("a", "country=es", "k=5"));
        _archiver.Run();

        _folder.Store.Tenants.Erase(Demo);

        Rows("SELECT DISTINCT _tenant FROM country").Should().Equal("other");
        Rows("SELECT dim, name FROM _column").Should().Equal("country|k");
        Rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").Should().Equal("_column", "_erased", "country");
        Rows("SELECT name FROM pragma_table_info('country')").Should().Equal("_tenant", "_dim", "_ts", "k");
        Stats.Archive.Write(Demo, "country", 0, new SortedDictionary<string, ReportedStats> { ["es"] = new() });
        Rows("SELECT DISTINCT _tenant FROM country").Should().Equal(["other"], "what was read before the erase is not written after it");
    }

    [Fact]
    public async Task An_erase_is_done_once_whatever_becomes_of_the_stats()
    {
        _folder.Store.Tenants.Erase(Demo);
        _folder.Register("demo");
        await Stats.ApplyAsync(Demo, Update("a", "country=es", "k=5"));
        _archiver.Run();
        foreach (var damage in (Action[])[() => { }, () => File.WriteAllText(System.IO.Path.Combine(_folder.Path, "stats.db"), "no database, and long enough to be taken for one")])
        {
            _folder.RestartAfter(damage);

            Rows("SELECT count(*) FROM country").Should().Equal("2");
        }
    }

    [Fact]
    public async Task A_damaged_archive_does_not_keep_the_service_from_starting()
    {
        await Stats.ApplyAsync(Demo, Update("a", "country=es", "k=5"));
        _archiver.Run();
        _folder.Store.Tenants.Erase(Demo);

        _folder.RestartAfter(() =>
        {
            foreach (var file in Directory.GetFiles(_folder.Path, "stats*.db*"))
                File.Delete(file);
            File.WriteAllText(Path, "no database, and long enough to be taken for one");
        });

        _folder.Store.UnfinishedErasures.Should().ContainSingle().Which.Should().Contain("'demo'");
        FluentActions.Invoking(() => _folder.Register("demo")).Should().Throw<SqliteException>("it would have what the erased one had");
        _folder.RestartAfter(() => File.Delete(Path));
        _folder.Store.UnfinishedErasures.Should().BeEmpty();
    }

    [Fact]
    public async Task Stats_that_find_no_room_are_told_and_are_no_failure()
    {
        foreach (var part in Enumerable.Range(0, 3))
            await Stats.ApplyAsync(Demo, Update("a", "country=es", string.Join(",", Enumerable.Range(0, 700).Select(i => $"k{part * 700 + i}=1"))));

        var first = _archiver.Run();
        (first.Failures.Count, first.LeftOut).Should().Be((0, 200));
        _archiver.Run().LeftOut.Should().Be(0, "the period is archived as far as it can be");
        _folder.Store.Tenants.Erase(Demo);
        await Stats.ApplyAsync(TenantId.Parse("other"), Update("a", "country=es", "mine=1"));

        _archiver.Run().LeftOut.Should().Be(0, "who was erased takes no room");
    }

    public void Dispose() => _folder.Dispose();

    private List<string> Rows(string sql)
    {
        using var database = new SqliteConnection($"Data Source={Path};Mode=ReadOnly;Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read())
            texts.Add(string.Join('|', Enumerable.Range(0, rows.FieldCount).Select(column => rows.IsDBNull(column) ? "" : rows.GetValue(column).ToString())));
        return texts;
    }
}
