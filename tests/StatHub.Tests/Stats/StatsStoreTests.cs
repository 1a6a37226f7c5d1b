using System.Text;
using Microsoft.Data.Sqlite;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage;
using StatHub.Storage.Stats;
using StatHub.Storage.Tenants;
using StatHub.Tests.Memory;
using StatHub.Tests.Storage;
using static StatHub.Tests.Stats.StatReports;

namespace StatHub.Tests.Stats;

/// <summary>What only the embedded store does: it keeps bounds, outlives restarts and damage, and goes with its tenant.</summary>
public sealed class StatsStoreTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub stats ").FullName;
    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeSeconds(1_788_004_800));

    private string File => Path.Combine(_folder, "stats.db");

    [Theory]
    [InlineData("ids", "b", "country=es", "k=1", "")]
    [InlineData("values", "a", "country=de", "k=1", "")]
    [InlineData("values", "a", "country=es", "j=1", "")]
    [InlineData("members", "a", "", "", "m=carol")]
    public async Task A_tenant_has_no_more_than_it_may_have(string bound, string id, string dims, string counters, string members)
    {
        var bounds = new StatBounds(Ids: bound == "ids" ? 2 : 100, Values: bound == "values" ? 2 : 100, Members: bound == "members" ? 4 : 100);
        using var store = Open(new StatsSettings { Bounds = bounds });
        (await store.ApplyAsync(Demo, Update("a", "country=es", "k=1", members: "m=alice,m=bob"))).Should().BeNull();
        var before = store.Read(Demo, null).Text();

        var refusal = await store.ApplyAsync(Demo, Update(id, dims, counters, members: members));

        refusal!.Reason.Should().Contain("the tenant may have");
        store.Read(Demo, null).Text().Should().Be(before);
        (await store.ApplyAsync(Demo, Update("a", "country=es", "k=5"))).Should().BeNull("what is there already goes on");
        (await store.ApplyAsync(TenantId.Parse("other"), Update(id, dims, counters, members: members))).Should().BeNull("bounds are a tenant's own");
    }

    [Fact]
    public async Task A_gauge_goes_on_when_the_clock_is_set_back_by_a_bucket()
    {
        using var store = Open();
        await store.ApplyAsync(Demo, Update("a", "country=es", gauges: "g=1"));
        _time.Now = _time.Now.AddSeconds(360);
        await store.ApplyAsync(Demo, Update("a", "country=es", gauges: "g=5"));
        _time.Now = _time.Now.AddSeconds(-360);
        await store.ApplyAsync(Demo, Update("a", "country=es", gauges: "g=3"));
        store.Read(Demo, "country").Text().Should().StartWith("country/es: gaugesCurrent g=3;\n");

        _time.Now = _time.Now.AddSeconds(360);

        store.Read(Demo, "country").Text().Should().StartWith("country/es: gauges g=3; gaugesCurrent g=5;\n");
    }

    [Fact]
    public async Task A_damaged_database_is_put_aside_and_somebody_is_told_until_it_is_gone()
    {
        using (var store = Open())
            await store.ApplyAsync(Demo, Update("a", "country=es", "k=1"));
        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        bytes.AsSpan(4096).Fill(0x5a);
        await System.IO.File.WriteAllBytesAsync(File, bytes);

        using (var store = Open())
        {
            var quarantined = store.Quarantine.Files.Should().ContainSingle().Subject;
            (await System.IO.File.ReadAllBytesAsync(quarantined)).Should().Equal(bytes);
            store.Read(Demo, null).Text().Should().BeEmpty();
            await store.ApplyAsync(Demo, Update("a", "country=es", "k=2"));
        }
        using (var store = Open())
        {
            store.Quarantine.Files.Should().ContainSingle("a start changes nothing about it");
            store.Read(Demo, "country").Text().Should().StartWith("country/es: counters k=2;");
            Directory.Delete(Path.Combine(_folder, "quarantine"), recursive: true);
            store.Quarantine.Files.Should().BeEmpty();
        }
    }

    [Fact]
    public void A_newer_database_is_refused_and_stays_as_it_is()
    {
        Open().Dispose();
        Execute("PRAGMA user_version = 99");

        FluentActions.Invoking(() => Open()).Should().Throw<StoreException>().WithMessage("stats.db has schema version 99*");

        Directory.Exists(Path.Combine(_folder, "quarantine")).Should().BeFalse();
    }

    [Fact]
    public async Task An_update_that_could_not_be_written_is_told_and_what_comes_after_is_whole()
    {
        using var store = Open();
        await store.ApplyAsync(Demo, Update("a", "country=es", "k=1"));
        Execute("CREATE TRIGGER full BEFORE INSERT ON recent BEGIN SELECT raise(ABORT, 'no room'); END");

        await FluentActions.Awaiting(() => store.ApplyAsync(Demo, Update("a", "country=es", "k=7", "j=2"))).Should().ThrowAsync<StatsUnavailableException>().WithMessage("*no room*");
        store.Meter.Problem.Should().Contain("no room");
        Execute("DROP TRIGGER full");

        await store.ApplyAsync(Demo, Update("a", "country=es", increments: "k=1"));
        store.Read(Demo, "country").Text().Should().StartWith("country/es: counters k=2;\n");
        store.Meter.Problem.Should().BeNull();
    }

    [Fact]
    public async Task Rows_that_could_not_be_written_are_told_and_written_later()
    {
        using var store = Open(new StatsSettings { UnwrittenRows = 1 });
        Execute("CREATE TRIGGER full BEFORE INSERT ON stat BEGIN SELECT raise(ABORT, 'no room'); END");
        (await store.ApplyAsync(Demo, Update("a", "country=es", "k=7"))).Should().BeNull("it is in the log");
        await Waiting.UntilAsync(() => store.Meter.Problem?.Contains("no room", StringComparison.Ordinal) == true);

        await FluentActions.Awaiting(() => store.ApplyAsync(Demo, Update("a", "country=es", increments: "k=1"))).Should().ThrowAsync<StatsUnavailableException>();
        store.Read(Demo, "country").Text().Should().StartWith("country/es: counters k=7;\n");
        Execute("DROP TRIGGER full");

        (await store.ApplyAsync(Demo, Update("a", "country=es", increments: "k=1"))).Should().BeNull();
        store.Read(Demo, "country").Text().Should().StartWith("country/es: counters k=8;\n");
        store.Meter.Problem.Should().BeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_000)]
    public async Task What_a_crash_left_in_the_log_is_read_by_the_next_start(int unwrittenRows)
    {
        string killed;
        using (var store = Open(new StatsSettings { UnwrittenRows = unwrittenRows }))
        {
            for (var i = 1; i <= 5; i++)
                await store.ApplyAsync(Demo, Update($"{i}", "country=es", $"k={i}", "j=1", gauges: "g=2", members: $"m={i},m=all"));
            killed = CopyAsKilled();
        }
        const string report = "country/es: counters j=5,k=15; gauges m=6; gaugesCurrent g=10;\ncountry/total: counters j=5,k=15; gauges m=6; gaugesCurrent g=10;\n";

        for (var start = 0; start < 2; start++)
        {
            using var store = new SqliteStats(killed, new StatsSettings(), _ => true, _time);
            store.Read(Demo, null).Text().Should().Be(report);
        }
        using (var store = new SqliteStats(killed, new StatsSettings(), _ => true, _time))
        {
            (await store.ApplyAsync(Demo, Update("1", "country=es", "k=2", members: "m=6,m=all"))).Should().BeNull();
            store.Read(Demo, "country").Text().Should().StartWith("country/es: counters j=5,k=16; gauges m=7; gaugesCurrent g=10;\n");
        }
        Directory.Delete(killed, recursive: true);
    }

    [Fact]
    public async Task Bounds_hold_over_what_a_crash_left_in_the_log()
    {
        string killed;
        using (var store = Open())
        {
            await store.ApplyAsync(Demo, Update("a", "", "k=1"));
            killed = CopyAsKilled();
        }

        using (var store = new SqliteStats(killed, new StatsSettings { Bounds = new StatBounds(Ids: 1) }, _ => true, _time))
        {
            (await store.ApplyAsync(Demo, Update("a", "", "k=2"))).Should().BeNull();
            (await store.ApplyAsync(Demo, Update("b", "", "k=2")))!.Reason.Should().Contain("the tenant may have 1 stats of ids");
        }
        Directory.Delete(killed, recursive: true);
    }

    [Fact]
    public async Task A_damaged_log_is_put_aside_with_its_database()
    {
        string killed;
        using (var store = Open())
        {
            await store.ApplyAsync(Demo, Update("a", "country=es", "k=1"));
            killed = CopyAsKilled();
        }
        Execute("UPDATE recent SET cells = x'01ff'", Path.Combine(killed, "stats.db"));

        using (var store = new SqliteStats(killed, new StatsSettings(), _ => true, _time))
        {
            store.Quarantine.Files.Should().ContainSingle();
            store.Damage.Found.Should().BeNull("the new one is whole");
            store.Read(Demo, null).Text().Should().BeEmpty();
            (await store.ApplyAsync(Demo, Update("a", "country=es", "k=2"))).Should().BeNull();
        }
        Directory.Delete(killed, recursive: true);
    }

    [Fact]
    public async Task A_database_of_version_1_goes_on()
    {
        await System.IO.File.WriteAllBytesAsync(File, StatsSamples.Version1());
        _time.Now = DateTimeOffset.FromUnixTimeSeconds(1_796_009_040);

        using (var store = Open())
        {
            store.Read(Demo, "country").Text().Should().Be(
                """
                country/de: counters requests=9223372036854775747; gauges users=1;
                country/es: counters requests=50,restarts=1; gauges hosts=2,users=1; gaugesCurrent online=3;
                country/total: counters requests=9223372036854775797,restarts=1; gauges hosts=2,users=2; gaugesCurrent online=3;

                """);
            (await store.ApplyAsync(Demo, Update("a", "country=es", "requests=0", members: "users=alice,users=carol", gauges: "online=1"))).Should().BeNull();
        }
        using (var store = Open())
            store.Read(Demo, "country").Text().Should().Contain("country/es: counters requests=60,restarts=1; gauges hosts=2,users=2; gaugesCurrent online=1;\n");
    }

    [Fact]
    public async Task A_reader_sees_one_state_while_rows_are_written()
    {
        using var store = Open(new StatsSettings { UnwrittenRows = 20 });
        var isOver = false;
        var reader = Task.Run(() =>
        {
            long last = 0;
            while (!Volatile.Read(ref isOver))
            {
                var dims = store.Read(Demo, null).Dims;
                if (dims.Count == 0)
                    continue;
                var (left, right) = (dims["left"][StatUpdateBuilder.Total].Counters["k"], dims["right"]["all"].Counters["k"]);
                left.Should().Be(right, "an update is seen whole");
                ((long)left).Should().BeGreaterThanOrEqualTo(last, "what was seen is durable");
                last = (long)left;
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(id => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
                (await store.ApplyAsync(Demo, Update($"{id}", $"left={i % 9},right=all", increments: "k=1"))).Should().BeNull();
        })));
        Volatile.Write(ref isOver, true);

        await reader;
        store.Read(Demo, "right").Text().Should().StartWith("right/all: counters k=1600;\n");
    }

    [Fact]
    public async Task Nothing_of_an_erased_tenant_is_in_the_file()
    {
        using (var store = Open(new StatsSettings { UnwrittenRows = 3 }))
        {
            // Long enough for pages of their own, which are free again when rows are written.
            for (var i = 0; i < 40; i++)
                await store.ApplyAsync(Demo, Update(new string((char)('a' + i % 26), 100) + $"-secret{i}", "country=es", string.Join(',', Enumerable.Range(0, 20).Select(name => $"secret{name}=1"))));
            await store.DeleteAsync(Demo, "secret7");
            ((ITenantData)store).Erase(Demo, 1);
            CountOf("secret").Should().Be(0);
        }
        CountOf("secret").Should().Be(0);
    }

    [Fact]
    public async Task Who_reports_much_is_refused_before_others_wait_long()
    {
        using var folder = new StoreFolder();
        var store = folder.Store.Stats;
        var names = string.Join(",", Enumerable.Range(0, 1000).Select(i => $"k{i}=1"));
        StatUpdate Heavy(int number) => Update($"h{number}", string.Join(",", Enumerable.Range(0, 16).Select(dim => $"d{dim}=v")), increments: names);
        async Task<bool> IsTakenAsync(Task<StatRefusal?> update)
        {
            try
            {
                return await update is null;
            }
            catch (StatsUnavailableException)
            {
                return false;
            }
        }

        var heavy = Enumerable.Range(0, 60).Select(number => IsTakenAsync(store.ApplyAsync(Demo, Heavy(number)))).ToList();
        (await store.ApplyAsync(TenantId.Parse("other"), Update("a", "country=es", "k=1"))).Should().BeNull();

        heavy.Count(update => !update.IsCompleted).Should().BeGreaterThan(8, "others take turns with them");
        var taken = (await Task.WhenAll(heavy)).Count(isTaken => isTaken);
        taken.Should().BeInRange(14, 20);
        store.Read(Demo, "d0").Dims["d0"]["v"].Counters["k0"].Should().Be(taken);
    }

    [Fact]
    public async Task An_erased_tenant_leaves_no_stats_and_begins_with_none()
    {
        using var folder = new StoreFolder();
        await folder.Store.Stats.ApplyAsync(Demo, Update("a", "country=es", "k=1", members: "m=alice"));
        await folder.Store.Stats.ApplyAsync(TenantId.Parse("other"), Update("a", "country=es", "k=1"));

        folder.Store.Tenants.Erase(Demo).Should().BeTrue();

        (await folder.Store.Stats.ApplyAsync(Demo, Update("a", "country=es", "k=1")))!.Reason.Should().Be("The tenant was erased.");
        folder.Store.Stats.Read(Demo, null).Text().Should().BeEmpty();
        folder.Store.Stats.Read(TenantId.Parse("other"), null).Text().Should().NotBeEmpty();
        folder.Shell("grep -c alice stats.db stats.db-wal; sqlite3 stats.db \"SELECT count(*) FROM member; SELECT count(*) FROM stat WHERE tenant = 'demo'\"")
            .Should().Be("stats.db:0\nstats.db-wal:0\n0\n0\n");
        folder.Store.Tenants.TryCreate(new Tenant(Demo, "demo", null, folder.Time.GetUtcNow()));
        await folder.Store.Stats.ApplyAsync(Demo, Update("a", "country=es", increments: "k=5"));
        folder.Restart();
        folder.Store.Stats.Read(Demo, null).Text().Should().Be("country/es: counters k=5;\ncountry/total: counters k=5;\n");
    }

    [Fact]
    public async Task An_older_database_of_stats_does_not_bring_an_erased_tenant_back()
    {
        using var folder = new StoreFolder();
        await folder.Store.Stats.ApplyAsync(Demo, Update("a", "country=es", "k=1"));
        var killed = folder.CopyAsKilled();
        folder.Store.Tenants.Erase(Demo);
        folder.Store.Dispose();
        foreach (var name in (string[])["stats.db", "stats.db-wal"])
            System.IO.File.Copy(Path.Combine(killed, name), Path.Combine(folder.Path, name), overwrite: true);
        Directory.Delete(killed, recursive: true);

        folder.Restart();

        folder.Store.Stats.Read(Demo, null).Text().Should().BeEmpty();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SqliteStats Open(StatsSettings? settings = null) => new(_folder, settings ?? new StatsSettings(), _ => true, _time);

    /// <summary>A folder with what a kill would leave.</summary>
    private string CopyAsKilled()
    {
        var folder = Directory.CreateTempSubdirectory("stathub stats ").FullName;
        foreach (var name in (string[])["stats.db", "stats.db-wal"])
            System.IO.File.Copy(Path.Combine(_folder, name), Path.Combine(folder, name));
        return folder;
    }

    private int CountOf(string text) => Directory.GetFiles(_folder, "stats.db*").Count(file => System.IO.File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private void Execute(string sql, string? file = null)
    {
        using var database = new SqliteConnection($"Data Source={file ?? File};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
