using System.Globalization;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Verification;
using StatHub.Storage.Retention;
using StatHub.Storage.Rollups;
using StatHub.Storage.Sqlite;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Retention;

/// <summary>A store whose tenant demo keeps raw hits for ten days, and what tests ask of its rollup files.</summary>
public sealed class RetainedFolder : IDisposable
{
    public static readonly TenantId Demo = TenantId.Parse("demo");

    public RetainedFolder() => Change(demo => demo with { RetentionDays = 10 });

    public StoreFolder Folder { get; } = new();

    public string Rollups => Path.Combine(Folder.Path, "rollups");

    /// <summary>Every rollup file, by its name below the folder.</summary>
    public string[] Files => Directory.Exists(Rollups)
        ? [.. Directory.GetFiles(Rollups, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Rollups, file)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The day so many days ago.</summary>
    public int Day(int daysAgo) => UtcDay.Of(Folder.Time.Now) - daysAgo;

    public string Date(int daysAgo) => UtcDay.Date(Day(daysAgo)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public void Change(Func<Tenant, Tenant> change) => Folder.Store.Tenants.TryChange(change(Folder.Store.Tenants.Find(Demo)!)).Should().BeTrue();

    /// <summary>Counts hits of as many keys, with dimensions, bots and visitors.</summary>
    public void Ingest(int daysAgo, int hits = 1, string tenant = "demo")
    {
        var at = Folder.Time.Now.AddDays(-daysAgo);
        Folder.AppendLines([.. Enumerable.Range(0, hits).Select(i => JournalLine.Of(
            tenant, $"key \"{i % 7}\"", at.AddMinutes(-i), $"tv={i}.5&d.plan=p{i % 3}", userAgent: i % 5 == 0 ? "curl/8.14.1" : "Mozilla/5.0", remoteAddress: $"192.0.2.{i % 9}"))]);
        Folder.Store.Tail.Run(CancellationToken.None);
    }

    internal (RollupHeader Header, IReadOnlyList<SeriesDay> Series) Read(string name) => RollupFile.Read(Path.Combine(Rollups, name));

    /// <summary>What the database has of a day of demo.</summary>
    internal IReadOnlyList<SeriesDay> Rows(int day)
    {
        using var reader = new Reader(Folder.Path, DatabaseFile.Hits);
        return [.. new DayRows(reader.Sql, reader.Sql("SELECT id FROM tenant WHERE name = 'demo'").Number()!.Value, day).Read()];
    }

    public VerifyReport Verify() => Folder.Verify();

    public void Dispose() => Folder.Dispose();
}
