using StatHub.Core.Tenants;
using StatHub.Storage.Stats;
using StatHub.Tests.Memory;
using static StatHub.Tests.Stats.StatReports;

namespace StatHub.Tests.Stats;

/// <summary>What a store takes of memory can be told only while nothing else runs.</summary>
[Collection(nameof(Alone))]
public sealed class StatsMemoryTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub stats ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_million_members_are_counted_and_take_no_memory()
    {
        using var store = new SqliteStats(_folder, new StatsSettings(), _ => true, new ManualTime(DateTimeOffset.FromUnixTimeSeconds(1_788_004_800)));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 100; i++)
            await store.ApplyAsync(Demo, Update("a", "country=es", members: string.Join(',', Enumerable.Range(i * 10_000, 10_000).Select(member => $"m={member}"))));

        store.Read(Demo, "country").Text().Should().Be("country/es: gauges m=1000000;\ncountry/total: gauges m=1000000;\n");
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(16_000_000, "two sets of a million would take more");
        await store.ApplyAsync(Demo, Update("b", "country=es", members: "m=999999,m=1000000"));
        store.Read(Demo, "country").Text().Should().StartWith("country/es: gauges m=1000001;\n");
    }
}
