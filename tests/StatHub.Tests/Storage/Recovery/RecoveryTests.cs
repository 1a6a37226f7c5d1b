using Microsoft.Data.Sqlite;
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

    [Theory]
    [InlineData("head -c 5000 /dev/urandom | dd of=stathub.db bs=1 seek=20 conv=notrunc 2>/dev/null")]
    [InlineData("head -c 100 /dev/zero > stathub.db")]
    [InlineData("head -c 4096 /dev/urandom | dd of=stathub.db bs=1 seek=81920 conv=notrunc 2>/dev/null")]
    [InlineData("truncate -s 40960 stathub.db")]
    [InlineData("sqlite3 stathub.db 'PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = \"hour\"'; sqlite3 stathub.db 'PRAGMA integrity_check' > /dev/null")]
    public void A_damaged_database_is_put_in_quarantine_and_made_again(string damage)
    {
        Ingest(300);
        _folder.Store.DatabaseCopy.Make();
        Ingest(200);
        var before = StoreDump.OfAll(_folder);
        _folder.Store.Dispose();
        _folder.Shell(damage);

        _folder.Restart();

        _folder.Store.Recovery!.Reason.Should().StartWith("The database is damaged");
        File.Exists(Path.Combine(_folder.Store.Recovery.Quarantine!, "stathub.db")).Should().BeTrue();
        StoreDump.OfAll(_folder).Should().Equal(before);
        Verify();
        GoesOn(500);
    }

    [Fact]
    public void Damage_that_is_met_while_it_runs_is_told_and_mended_by_the_next_start()
    {
        Ingest(300);
        _folder.Store.DatabaseCopy.Make();
        var before = StoreDump.OfAll(_folder);
        _folder.Restart();
        _folder.Shell("head -c 4096000 /dev/urandom | dd of=stathub.db bs=4096 seek=1 conv=notrunc 2>/dev/null");
        _folder.Store.Damage.Found.Should().BeNull();

        _folder.Invoking(folder => folder.Hits()).Should().Throw<SqliteException>();

        _folder.Store.Damage.Found.Should().Contain("malformed");
        File.Exists(Path.Combine(_folder.Path, "stathub.db.suspect")).Should().BeTrue();
        _folder.Restart();
        _folder.Store.Recovery!.Reason.Should().StartWith("The database is damaged");
        StoreDump.OfAll(_folder).Should().Equal(before);
        Verify();
    }

    [Fact]
    public void A_copy_that_is_damaged_is_not_used_and_said()
    {
        Ingest(200);
        _folder.Store.DatabaseCopy.Make();
        File.WriteAllText(_folder.Store.DatabaseCopy.Path, "no database");

        Lose();

        _folder.Store.Recovery!.Problems.Should().ContainSingle().Which.Should().StartWith("The copy of the database cannot be used");
        (_folder.Hits() + _folder.Hits("other")).Should().Be(200);
        Verify();
    }

    [Fact]
    public void A_copy_of_a_newer_version_is_refused_and_nothing_is_touched()
    {
        Ingest(100);
        _folder.Store.DatabaseCopy.Make();
        _folder.Store.Dispose();
        _folder.Shell("sqlite3 backup/stathub.db 'PRAGMA user_version = 999'; rm stathub.db*");

        FluentActions.Invoking(_folder.Restart).Should().Throw<StoreException>().WithMessage("stathub.db has schema version 999*");
        File.Exists(Path.Combine(_folder.Path, "stathub.db")).Should().BeFalse();
    }

    [Fact]
    public async Task A_compacted_file_under_another_name_is_left_out_and_said()
    {
        Ingest(200);
        await CompactAsync();
        var before = StoreDump.OfSums(_folder);
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "segments", "demo")).Order().First();
        var name = Path.GetFileName(file);
        File.Copy(file, Path.Combine(Path.GetDirectoryName(file)!, "1970-01-01.9.jsonl.gz"));
        RemoveCopy();

        Lose();

        _folder.Store.Recovery!.Problems.Should().Contain($"Segment demo/1970-01-01.9.jsonl.gz is left out: it says that it is demo/{name}.");
        File.Exists(Path.Combine(_folder.Store.Recovery.Quarantine!, "segments", "demo", "1970-01-01.9.jsonl.gz")).Should().BeTrue();
        StoreDump.OfSums(_folder).Should().Equal(before);
        Verify();
    }

    [Fact]
    public async Task A_file_of_raw_hits_that_is_not_understood_is_put_in_quarantine_and_not_removed()
    {
        Ingest(200);
        await CompactAsync();
        _folder.Store.DatabaseCopy.Make();
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "segments", "demo")).Order().First();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.AsSpan().IndexOf("\"compaction\""u8)] = (byte)'x';
        await File.WriteAllBytesAsync(file, bytes);

        Lose();

        _folder.Store.Recovery!.Problems.Should().ContainSingle(problem => problem.Contains(Path.GetFileName(file)));
        (await File.ReadAllBytesAsync(Path.Combine(_folder.Store.Recovery.Quarantine!, "segments", "demo", Path.GetFileName(file)))).Should().Equal(bytes);
        (_folder.Hits() + _folder.Hits("other")).Should().Be(200);
    }

    [Fact]
    public void The_end_of_a_young_segment_that_is_not_understood_is_kept_in_quarantine()
    {
        Ingest(100);
        Ingest(100);
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "segments")).Single();
        _folder.Store.Dispose();
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().LastIndexOf("\"committedAt\""u8) - 3] = (byte)'x';
        File.WriteAllBytes(file, bytes);

        Lose();

        _folder.Store.Recovery!.Problems.Should().Contain(problem => problem.Contains("cannot be understood behind byte"));
        File.ReadAllBytes(Path.Combine(_folder.Store.Recovery.Quarantine!, "segments", Path.GetFileName(file))).Should().Equal(bytes);
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
