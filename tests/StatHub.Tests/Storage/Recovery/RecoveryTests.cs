using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Storage;
using StatHub.Storage.Compaction;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Recovery;

public sealed partial class RecoveryTests : IDisposable
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly TenantId Other = TenantId.Parse("other");

    private readonly StoreFolder _folder = new(batchBytes: 20_000);
    private int _lines;

    public RecoveryTests()
    {
        _folder.Store.Tokens.Create("reader", Demo, TokenScopes.Read, new byte[32]);
        _folder.Store.Tenants.TryChange(_folder.Store.Tenants.Find(Demo)! with { Name = "The shop", HitsPerDay = 1_000_000, KeyLimit = 500 });
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_database_is_made_again_from_the_segments_and_the_copy(bool compacted)
    {
        Ingest(200);
        _folder.Store.DatabaseCopy.Make();
        DateTimeOffset copied = File.GetLastWriteTimeUtc(Path.Combine(_folder.Path, "backup", "stathub.db"));
        Ingest(300);
        if (compacted)
            await CompactAsync();
        Ingest(100);
        var (before, raw) = (StoreDump.OfAll(_folder), _folder.Raw());

        Lose();

        _folder.Store.Recovery!.Problems.Should().BeEmpty();
        _folder.Store.Recovery.Reason.Should().Be("The database is missing.");
        _folder.Store.Recovery.CopyMadeAt.Should().Be(copied);
        _folder.Raw().Should().Equal(raw);
        StoreDump.OfAll(_folder).Should().Equal(before);
        _folder.Store.Recovery.Should().BeNull("it is in order now");
        Verify();
        GoesOn(600);
    }

    [Fact]
    public async Task Without_a_copy_all_sums_and_the_ledger_are_made_again()
    {
        Ingest(200);
        await CompactAsync();
        Ingest(200);
        var before = StoreDump.OfAll(_folder).Where(IsOfSegments).ToList();
        RemoveCopy();

        Lose();

        _folder.Store.Recovery!.Problems.Should().ContainSingle().Which.Should().Contain("tenants have no settings, and tokens are gone");
        _folder.Store.Recovery.CopyBatch.Should().BeNull();
        _folder.Store.Recovery.CopyMadeAt.Should().BeNull();
        StoreDump.OfAll(_folder).Where(IsOfSegments).Should().Equal(before);
        _folder.Store.Tenants.List().Select(tenant => tenant.Id).Should().Equal(Demo, Other);
        Verify();
        GoesOn(400);
    }

    [Fact]
    public void A_batch_that_a_crash_cut_short_is_read_again_and_one_that_is_whole_counts()
    {
        Ingest(100);
        _folder.Store.DatabaseCopy.Make();
        // What comes now is in a segment of its own.
        _folder.Restart();
        Ingest(100);
        var before = StoreDump.OfSums(_folder);
        var segments = Path.Combine(_folder.Path, "segments");
        var last = Directory.GetFiles(segments).Order().Last();
        var whole = File.ReadAllBytes(last);
        foreach (var length in Enumerable.Range(0, 30).Select(part => whole.Length - part * (whole.Length / 30) - part % 7).Where(length => length > 0))
        {
            _folder.Store.Dispose();
            _folder.Shell("rm stathub.db*");
            // What later starts wrote is of no matter.
            foreach (var file in Directory.GetFiles(segments).Where(file => string.CompareOrdinal(file, last) > 0))
                File.Delete(file);
            File.WriteAllBytes(last, whole[..length]);
            _folder.Restart();
            _folder.Store.Recovery.Should().NotBeNull();

            _folder.Store.Tail.Run(CancellationToken.None);

            StoreDump.OfSums(_folder).Should().Equal(before, $"the last segment has {length} of {whole.Length} bytes");
        }
        Verify();
    }

    [Fact]
    public void A_missing_segment_is_told_and_nothing_is_touched()
    {
        Ingest(100);
        Ingest(100);
        _folder.Restart();
        Ingest(100);
        RemoveCopy();
        _folder.Store.Dispose();
        var first = Directory.GetFiles(Path.Combine(_folder.Path, "segments")).Order().First();
        _folder.Shell($"mkdir kept; mv stathub.db* '{first}' kept");

        FluentActions.Invoking(_folder.Restart).Should().Throw<StoreException>().WithMessage("The database is lost, and no segment tells of commit 1: raw hits are missing.*");
        File.Exists(Path.Combine(_folder.Path, "stathub.db")).Should().BeFalse();

        File.Move(Path.Combine(_folder.Path, "kept", Path.GetFileName(first)), first);
        _folder.Restart();
        (_folder.Hits() + _folder.Hits("other")).Should().Be(300);
    }

    [Fact]
    public void A_store_without_hits_has_its_tenants_and_tokens_again()
    {
        _folder.Store.DatabaseCopy.Make();
        var before = StoreDump.OfAll(_folder);

        Lose();

        StoreDump.OfAll(_folder).Should().Equal(before);
    }

    private static bool IsOfSegments(string row) => !row.StartsWith("tenant|", StringComparison.Ordinal) && !row.StartsWith("token|", StringComparison.Ordinal);

    private void RemoveCopy() => _folder.Shell("rm -rf backup");

    private void Lose()
    {
        _folder.Store.Dispose();
        _folder.Shell("rm stathub.db*");
        _folder.Restart();
    }

    private async Task CompactAsync()
    {
        _folder.Restart();
        (await _folder.Store.Compaction.RunAsync(new CompactionRequest { After = TimeSpan.FromDays(-2), AgainAfter = TimeSpan.Zero }, null, CancellationToken.None))
            .Days.Should().BePositive();
    }

    /// <summary>What was read is not read again, and what comes is counted.</summary>
    private void GoesOn(int hits)
    {
        _folder.Store.Tail.Run(CancellationToken.None).Lines.Should().Be(0);
        Ingest(50);
        (_folder.Hits() + _folder.Hits("other")).Should().Be(hits + 50);
        var ledger = _folder.Ledger();
        ledger["counted"].Should().Be(hits + 50);
        ledger.Values.Sum().Should().Be(_lines);
        _folder.Restart();
        Verify();
    }

    private void Verify() =>
        _folder.Verify().Differences.Should().BeEmpty();

    private void Ingest(int hits)
    {
        var random = new Random(_lines);
        var lines = Enumerable.Range(0, hits).Select(_ => JournalLine.Of(
            random.Next(4) == 0 ? "other" : "demo", $"k{random.Next(4)}", _folder.Time.Now.AddMinutes(-random.Next(2 * MinuteRange.PerDay)),
            random.Next(2) == 0 ? $"d.plan=p{random.Next(8)}&tv={random.Next(-3, 9)}" : "", userAgent: random.Next(3) == 0 ? "curl/8.14.1" : Firefox,
            referrer: random.Next(3) == 0 ? "" : $"https://site{random.Next(20)}.example.com/a", remoteAddress: $"192.0.2.{random.Next(50)}")).ToList();
        lines.Insert(hits / 2, "{\"tenant\":\"nobody\"");
        _lines += lines.Count;
        _folder.AppendLines([.. lines]);
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Time.Now += TimeSpan.FromSeconds(20);
    }
}
