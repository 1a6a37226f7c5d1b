using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage;

/// <summary>Data folders that earlier versions wrote, kept in tests/testdata, are read for ever.</summary>
public sealed class MigrationTests : IDisposable
{
    private static readonly HitScope Demo = new(TenantId.Parse("demo"));

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub kept ").FullName;

    public MigrationTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "segments"));
        Directory.CreateDirectory(Path.Combine(_folder, "journal"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Version_1_keeps_its_sums_hits_and_ledger()
    {
        Restore("data-folder-v1");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);

        store.Counts.Count(Demo, MinuteRange.All).Should().Be(new HitTotals(4, null, new ValueSum(3_500_000), null));
        store.Counts.Series(Demo, [0, MinuteRange.PerDay * 20_513L, MinuteRange.PerDay * 20_514L]).Select(point => point.Hits).Should().Equal(0, 2);
        using var raw = store.RawHits.Open(Demo, MinuteRange.All, null);
        Encoding.UTF8.GetString(Read(raw)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(4);
        var ledger = store.Ledger.Totals(MinuteRange.All, null);
        ledger.Counted.Should().Be(5);
        ledger.Rejected.Values.Sum().Should().Be(3);
    }

    [Fact]
    public void Version_1_has_no_bots_before_it_was_brought_up_to_date_and_does_not_claim_any()
    {
        Restore("data-folder-v1");
        // Version 1 took hits of up to a day ahead of its clock.
        var time = new ManualTime(TimeProvider.System.GetUtcNow().AddDays(3));
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, time);
        File.AppendAllText(Path.Combine(_folder, "journal", "hits.log"), JournalLine.Of("demo", "home", time.Now, userAgent: "curl/8.14.1") + "\n");
        store.Tail.Run(CancellationToken.None);

        store.Counts.Count(Demo, MinuteRange.All).Bots.Should().BeNull();
        var since = MinuteRange.MinuteOf(time.Now.AddDays(-1));
        store.Counts.Count(Demo, new MinuteRange(since, MinuteRange.Unbounded)).Should().Be(new HitTotals(1, 1, new ValueSum(1_000_000), null));
    }

    [Fact]
    public void Version_2_did_not_sort_hits_of_a_millisecond_and_they_are_sorted_when_they_are_read()
    {
        Restore("data-folder-v2");
        using var store = Store.Open(new StoreOptions { DataPath = _folder }, TimeProvider.System);

        using var raw = store.RawHits.Open(Demo, MinuteRange.All, null);
        var hits = Encoding.UTF8.GetString(Read(raw)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(hit => (
                At: hit.GetProperty("time").GetString(),
                Key: Convert.ToHexString(Encoding.UTF8.GetBytes(hit.GetProperty("key").GetString()!)),
                Number: int.Parse(hit.GetProperty("args").GetString()!.AsSpan(2), CultureInfo.InvariantCulture)))
            .ToList();

        hits.Should().HaveCount(120).And.Equal(
            hits.OrderBy(hit => hit.At, StringComparer.Ordinal).ThenBy(hit => hit.Key, StringComparer.Ordinal).ThenBy(hit => hit.Number));
        hits.Select(hit => hit.Number).Should().BeEquivalentTo(Enumerable.Range(0, 120)).And.NotBeInAscendingOrder();
    }

    private void Restore(string folder)
    {
        File.Copy(Kept(folder, "0000000001.jsonl.gz"), Path.Combine(_folder, "segments", "0000000001.jsonl.gz"));
        using var kept = new GZipStream(File.OpenRead(Kept(folder, "stathub.db.gz")), CompressionMode.Decompress);
        using var database = File.Create(Path.Combine(_folder, "stathub.db"));
        kept.CopyTo(database);
    }

    private static string Kept(string folder, string name, [CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../testdata", folder, name));

    private static byte[] Read(IRawHitReader raw)
    {
        var bytes = new List<byte>();
        for (var block = raw.Read(100); !block.IsEmpty; block = raw.Read(100))
            bytes.AddRange(block.Span);
        return [.. bytes];
    }
}
