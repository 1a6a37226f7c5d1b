using Microsoft.Data.Sqlite;
using StatHub.Storage;

namespace StatHub.Tests.Storage.Recovery;

public sealed partial class RecoveryTests
{
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Raw_hits_of_a_newer_version_are_refused_and_nothing_is_touched(bool isCompacted)
    {
        Ingest(200);
        if (isCompacted)
            await CompactAsync();
        RemoveCopy();
        _folder.Store.Dispose();
        var segments = Path.Combine(_folder.Path, "segments");
        var file = isCompacted ? Directory.GetFiles(Path.Combine(segments, "demo")).Order().Last() : Directory.GetFiles(segments).Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.AsSpan().LastIndexOf("{\"version\":1,"u8) + "{\"version\":"u8.Length] = (byte)'2';
        await File.WriteAllBytesAsync(file, bytes);
        _folder.Shell("rm stathub.db*");

        FluentActions.Invoking(_folder.Restart).Should().Throw<StoreException>()
            .WithMessage($"Segment {Path.GetFileName(file)} has version 2, this StatHub knows versions up to 1. Use the newer StatHub that wrote it.");

        File.Exists(Path.Combine(_folder.Path, "stathub.db")).Should().BeFalse();
        (await File.ReadAllBytesAsync(file)).Should().Equal(bytes);
    }

    [Fact]
    public void A_tenant_that_is_none_is_damage_of_its_segment()
    {
        Ingest(100);
        var file = Directory.GetFiles(Path.Combine(_folder.Path, "segments")).Single();
        _folder.Store.Dispose();
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().LastIndexOf("\"tenant\":\"demo\",\"day\""u8) + "\"tenant\":\""u8.Length] = (byte)'D';
        File.WriteAllBytes(file, bytes);

        Lose();

        _folder.Store.Recovery!.Problems.Should().Contain(problem => problem.StartsWith($"Segment {Path.GetFileName(file)} cannot be understood behind byte") && problem.EndsWith("Its tenant is none."));
    }
}
