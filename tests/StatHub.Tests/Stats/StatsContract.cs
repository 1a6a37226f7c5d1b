using System.Globalization;
using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage.Stats;
using StatHub.Tests.Memory;
using static StatHub.Tests.Stats.StatReports;

namespace StatHub.Tests.Stats;

/// <summary>What every store of stats does.</summary>
public abstract class StatsContract : IDisposable
{
    protected static readonly TenantId Demo = TenantId.Parse("demo");

    // 1,788,004,800 is a multiple of 360: the bucket begins with the clock.
    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeSeconds(1_788_004_800));
    private IStatsStore? _store;

    protected ManualTime Time => _time;

    private IStatsStore Store => _store ??= Open();

    [Fact]
    public async Task A_counter_that_moves_to_another_value_takes_only_its_change_with_it()
    {
        await ApplyAsync(Update("a", "country=es", "k=50"));
        await ApplyAsync(Update("a", "country=de", "k=60"));
        Shown("country").Should().Be("country/de: counters k=10;\ncountry/es: counters k=50;\ncountry/total: counters k=60;\n");

        await ApplyAsync(Update("a", "country=de", "k=10"));

        Shown("country").Should().Be("country/de: counters k=-40;\ncountry/es: counters k=50;\ncountry/total: counters k=10;\n");
    }

    [Fact]
    public async Task A_dim_that_is_sent_later_gets_only_the_change()
    {
        await ApplyAsync(Update("a", "country=es", "k=50"));
        await ApplyAsync(Update("a", "country=es,user=u", "k=53"));

        Shown(null).Should().Be("country/es: counters k=53;\ncountry/total: counters k=53;\nuser/total: counters k=3;\nuser/u: counters k=3;\n");
    }

    [Fact]
    public async Task Increments_come_after_the_counters_of_their_update()
    {
        await ApplyAsync(Update("a", "country=es", "k=5", "k=2,j=1"));
        Shown("country").Should().Be("country/es: counters j=1,k=7;\ncountry/total: counters j=1,k=7;\n");

        await ApplyAsync(Update("a", "country=es", "k=5"));

        Shown("country").Should().Be("country/es: counters j=1,k=5;\ncountry/total: counters j=1,k=5;\n");
    }

    [Fact]
    public async Task Gauges_are_of_their_bucket_and_reported_in_the_next()
    {
        await ApplyAsync(Update("a", "country=es", gauges: "g=5"));
        _time.Now = _time.Now.AddSeconds(359);
        await ApplyAsync(Update("a", "country=es", gauges: "g=7"));
        Shown("country").Should().Be("country/es: gaugesCurrent g=7;\ncountry/total: gaugesCurrent g=7;\n");

        _time.Now = _time.Now.AddSeconds(1);
        await ApplyAsync(Update("a", "country=de", gauges: "g=2"));
        Shown("country").Should().Be("country/de: gaugesCurrent g=2;\ncountry/es: gauges g=7;\ncountry/total: gauges g=7; gaugesCurrent g=2;\n");

        _time.Now = _time.Now.AddSeconds(720);
        Shown("country").Should().Be("country/de:\ncountry/es:\ncountry/total:\n");
    }

    [Fact]
    public async Task Sets_count_a_member_once_for_each_value_and_do_not_expire()
    {
        await ApplyAsync(Update("a", "country=es", members: "users=alice,users=bob"));
        await ApplyAsync(Update("b", "country=es", members: "users=alice"));
        await ApplyAsync(Update("a", "country=de", members: "users=alice"));
        _time.Now = _time.Now.AddDays(400);

        Shown("country").Should().Be("country/de: gauges users=1;\ncountry/es: gauges users=2;\ncountry/total: gauges users=3;\n");
    }

    [Fact]
    public async Task A_set_wins_over_a_gauge_of_its_name()
    {
        await ApplyAsync(Update("a", "country=es", gauges: "g=50", members: "g=alice"));
        _time.Now = _time.Now.AddSeconds(360);

        Shown("country").Should().Be("country/es: gauges g=1;\ncountry/total: gauges g=1;\n");
    }

    [Fact]
    public async Task A_sum_of_over_64_bits_is_refused_and_changes_nothing()
    {
        await ApplyAsync(Update("a", "country=es", $"k={long.MaxValue}", gauges: "g=1"));
        var before = Shown(null);

        foreach (var update in (StatUpdate[])
        [
            Update("a", "country=es", increments: "j=1,k=1", gauges: "g=9", members: "m=alice"),
            Update("b", "country=es", "j=1,k=1"),
            Update("c", "country=de,user=u", $"k={long.MinValue}", $"k=-1"),
        ])
            (await Store.ApplyAsync(Demo, update)).Should().NotBeNull();

        Shown(null).Should().Be(before);
    }

    [Fact]
    public async Task A_total_may_have_over_64_bits()
    {
        await ApplyAsync(Update("a", "country=es", $"k={long.MaxValue}"));
        await ApplyAsync(Update("b", "country=de", $"k={long.MaxValue}"));

        Shown("country").Should().EndWith(string.Create(CultureInfo.InvariantCulture, $"country/total: counters k={(Int128)long.MaxValue * 2};\n"));
    }

    [Fact]
    public async Task An_update_without_stats_does_nothing()
    {
        await ApplyAsync(Update("a", "country=es"));

        Shown(null).Should().BeEmpty();
        Shown("country").Should().Be("country/total:\n");
    }

    [Fact]
    public async Task Tenants_do_not_see_one_another()
    {
        await ApplyAsync(Update("a", "country=es", "k=1"));

        Store.Read(TenantId.Parse("other"), null).Text().Should().BeEmpty();
        (await Store.DeleteAsync(TenantId.Parse("other"), "k")).Should().Be(0);
        Shown("country").Should().Contain("k=1");
    }

    [Fact]
    public async Task A_stat_that_is_deleted_begins_anew()
    {
        await ApplyAsync(Update("a", "country=es", "big-k=5,k=1", gauges: "big-k=3", members: "big=alice"));

        (await Store.DeleteAsync(Demo, "big")).Should().Be(3);
        Shown("country").Should().Be("country/es: counters k=1;\ncountry/total: counters k=1;\n");

        await ApplyAsync(Update("a", "country=es", "big-k=6", members: "big=alice"));
        Shown("country").Should().Be("country/es: counters big-k=6,k=1; gauges big=1;\ncountry/total: counters big-k=6,k=1; gauges big=1;\n");
    }

    [Fact]
    public async Task A_stamp_changes_with_what_is_read()
    {
        var empty = Store.Stamp(Demo);
        await ApplyAsync(Update("a", "country=es", "k=1"));
        var set = Store.Stamp(Demo);
        _time.Now = _time.Now.AddSeconds(360);

        set.Should().NotBe(empty);
        Store.Stamp(Demo).Should().NotBe(set);
        Store.Stamp(Demo).Should().Be(Store.Stamp(Demo));
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    protected abstract IStatsStore Open();

    protected virtual void Close()
    {
    }

    private async Task ApplyAsync(StatUpdate update) => (await Store.ApplyAsync(Demo, update)).Should().BeNull();

    private string Shown(string? dim) => Store.Read(Demo, dim).Text();
}

/// <summary>The contract on the model.</summary>
public sealed class MemoryStatsTests : StatsContract
{
    protected override IStatsStore Open() => new MemoryStats(Time, GaugeBucket.UsualLength);
}

/// <summary>The contract on the embedded store.</summary>
public sealed class SqliteStatsTests : StatsContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub stats ").FullName;
    private SqliteStats? _stats;

    protected override IStatsStore Open() => _stats = new SqliteStats(_folder, new StatsSettings(), _ => true, Time);

    protected override void Close()
    {
        _stats?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
