using StatHub.Core.Stats;
using StatHub.Core.Tenants;
using StatHub.Storage;
using StatHub.Storage.Stats;

namespace StatHub.Crash;

/// <summary>
/// Ids that report beside one another, each of its reports one more than the one before: an increment, a counter, a gauge and a member that nobody else has. What was
/// acknowledged is printed.
/// </summary>
internal static class StatsReporter
{
    private const int Ids = 16;

    public static async Task RunAsync(StoreOptions options)
    {
        using var store = Store.Open(options, TimeProvider.System);
        Patient.Register(store);
        var tenant = TenantId.Parse("demo");
        var reported = store.Stats.Read(tenant, "id").Dims["id"];
        await Task.WhenAll(Enumerable.Range(0, Ids).Select(id =>
        {
            var next = reported.TryGetValue($"{id}", out var stats) ? (long)stats.Counters["reports"] : 0;
            return Task.Run(() => ReportAsync(store.Stats, tenant, $"{id}", next));
        }));
    }

    private static async Task ReportAsync(SqliteStats stats, TenantId tenant, string id, long reported)
    {
        while (true)
        {
            reported++;
            var builder = new StatUpdateBuilder();
            builder.Dim("id", id);
            builder.Dim("half", int.Parse(id, null) % 2 == 0 ? "even" : "odd");
            builder.Increment("reports", 1);
            builder.Counter("number", reported);
            builder.Member("members", $"{id}-{reported}");
            if (!builder.TryBuild(id, out var update) || await stats.ApplyAsync(tenant, update) is not null)
                throw new InvalidOperationException(builder.Error);
            // A kill may cut a line; the end says that it is whole.
            Console.Out.WriteLine($"{id} {reported} acknowledged");
        }
    }
}
