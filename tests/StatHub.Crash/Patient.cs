using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Backups;
using StatHub.Storage.Compaction;
using StatHub.Storage.Rebuild;

namespace StatHub.Crash;

/// <summary>Reads as the service does: an error is printed and the pass is tried again.</summary>
internal static class Patient
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(StoreOptions options, bool forever)
    {
        using var store = await OpenAsync(options);
        while (forever || !TryDrain(store))
            await (forever && TryDrain(store) ? Task.Delay(1) : Task.Delay(Pause));
        Console.WriteLine("drained");
    }

    /// <summary>Compacts what is committed, today's hits too; the crash takes what is not over.</summary>
    public static async Task CompactAsync(StoreOptions options)
    {
        using var store = await OpenAsync(options);
        var result = await store.Compaction.RunAsync(
            new CompactionRequest { After = TimeSpan.FromDays(-2), AgainAfter = TimeSpan.Zero, SortBytes = 20_000 }, null, CancellationToken.None);
        Console.WriteLine($"compacted {result.Days} days, removed {result.SegmentsRemoved} segments, problems: {string.Join("; ", result.Problems)}");
    }

    /// <summary>Rebuilds what is committed; the crash takes what is not over.</summary>
    public static async Task RebuildAsync(StoreOptions options)
    {
        using var store = await OpenAsync(options);
        var result = await store.Rebuild.RunAsync(
            new RebuildRequest(null, new DayRange(0, long.MaxValue)) { SortBytes = 20_000 }, _ => { }, CancellationToken.None);
        Console.WriteLine($"rebuilt {result.Days} days, problems: {string.Join("; ", result.Problems)}");
    }

    /// <summary>Copies the database.</summary>
    public static async Task CopyAsync(StoreOptions options)
    {
        using var store = await OpenAsync(options);
        Console.WriteLine($"copied: {store.DatabaseCopy.Make()}");
    }

    /// <summary>Keeps raw hits for ten days only, and sums for so many months; what the first run forgets the second removes.</summary>
    public static async Task RetainAsync(StoreOptions options, int? rollupMonths)
    {
        using var store = await OpenAsync(options);
        store.Tenants.TryChange(store.Tenants.Find(TenantId.Parse("demo"))! with { RetentionDays = 10, RollupMonths = rollupMonths });
        Console.WriteLine($"let go of {store.Retention.Run()} days");
        store.Retention.Run();
        Console.WriteLine($"let go of {store.RollupRetention.Run()} months");
    }

    /// <summary>Backs everything up while lines are read.</summary>
    public static async Task BackUpAsync(StoreOptions options, Action<BackupStep> onStep)
    {
        using var store = await OpenAsync(options);
        using var backups = store.CreateBackups(new BackupSettings { Folder = Path.Combine(options.DataPath, "backups"), Keep = 1, OnStep = onStep });
        var read = Task.Run(() =>
        {
            while (!TryDrain(store))
            {
            }
        });
        var made = await backups.MakeAsync(_ => { }, CancellationToken.None);
        await read;
        Console.WriteLine($"backed up {made.Path}");
    }

    /// <summary>A pass; true when everything that may be read is committed.</summary>
    public static bool TryDrain(Store store)
    {
        try
        {
            var pass = store.Tail.Run(CancellationToken.None);
            foreach (var problem in pass.Problems)
                Console.WriteLine("problem: " + problem);
            return pass.Lines == 0 && pass.Problems.Count == 0;
        }
#pragma warning disable CA1031 // As the service's worker does.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Console.WriteLine("failed: " + exception.Message);
            return false;
        }
    }

    public static void Register(Store store) =>
        store.Tenants.TryCreate(new Tenant(TenantId.Parse("demo"), "demo", null, TimeProvider.System.GetUtcNow()));

    private static async Task<Store> OpenAsync(StoreOptions options)
    {
        while (true)
        {
            try
            {
                var store = Store.Open(options, TimeProvider.System);
                Register(store);
                return store;
            }
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Console.WriteLine("not open: " + exception.Message);
                await Task.Delay(Pause);
            }
        }
    }
}
