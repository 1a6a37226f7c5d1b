using System.Security.Cryptography;
using System.Text.Json;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Backups;
using StatHub.Storage.Compaction;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage.Backups;

public sealed class BackupTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly DateTimeOffset Yesterday = DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now).AddDays(-1);

    private readonly StoreFolder _folder = new(pendingValues: 0);
    private Action<BackupStep> _onStep = _ => { };

    private string Folder => Path.Combine(_folder.Path, "backups");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_has_what_one_state_of_the_database_knows_and_its_manifest_says_what()
    {
        await FillAsync();
        _folder.Store.Tenants.Erase(TenantId.Parse("other"));
        File.AppendAllText(Path.Combine(_folder.Path, "segments", "0000000002.jsonl.gz"), "behind the commit");

        var made = await MakeAsync();

        made.Path.Should().Be(Path.Combine(Folder, "20260921T141320Z"));
        string[] names = ["alerts.db", "erasures.jsonl", "logs.db", "segments/0000000002.jsonl.gz", "segments/demo/2026-09-20.1.jsonl.gz", "segments/removed-segments/0000000001.jsonl.gz", "stathub.db", "stats.db"];
        Files(made.Path).Should().Equal([.. names.Prepend("manifest.json").Order(StringComparer.Ordinal)]);
        (made.Files, made.LinkedBytes, made.Batch).Should().Be((8, 0, 2));
        var manifest = Manifest(made.Path);
        (manifest.GetProperty("version").GetInt32(), manifest.GetProperty("batch").GetInt64(), manifest.GetProperty("madeAt").GetInt64()).Should().Be((1, 2, Lines.Now));
        manifest.GetProperty("statHub").GetString().Should().MatchRegex(@"^\d+\.\d+\.\d+$");
        foreach (var file in manifest.GetProperty("files").EnumerateArray())
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(made.Path, file.GetProperty("name").GetString()!));
            bytes.LongLength.Should().Be(file.GetProperty("length").GetInt64());
            Convert.ToHexStringLower(SHA256.HashData(bytes)).Should().Be(file.GetProperty("sha256").GetString());
        }
        manifest.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()).Should().BeEquivalentTo(names);
        made.Bytes.Should().Be(names.Sum(name => new FileInfo(Path.Combine(made.Path, name)).Length));
        File.GetUnixFileMode(made.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Neither_salts_nor_tokens_in_plain_nor_the_journal_are_in_it()
    {
        _folder.Ingest(Lines.Hit());
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "admin.token"), "sth_secret");

        var made = await MakeAsync();

        Files(made.Path).Should().Equal("alerts.db", "logs.db", "manifest.json", "segments/0000000001.jsonl.gz", "stathub.db", "stats.db");
    }

    [Fact]
    public async Task What_a_compaction_made_has_one_copy_in_all_backups()
    {
        await FillAsync();
        var first = await MakeAsync();
        _folder.Ingest(Lines.Hit());
        var second = await MakeAsync();

        second.Path.Should().Be(first.Path + ".1");
        string[] linked = ["segments/demo/2026-09-20.1.jsonl.gz", "segments/other/2026-09-20.2.jsonl.gz", "segments/removed-segments/0000000001.jsonl.gz"];
        second.LinkedBytes.Should().Be(linked.Sum(name => new FileInfo(Path.Combine(second.Path, name)).Length));
        _folder.Shell("find backups -name '*.gz' -links 2 | sort").Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal(
            linked.Select(name => $"backups/20260921T141320Z.1/{name}").Concat(linked.Select(name => $"backups/20260921T141320Z/{name}")));
        _folder.Shell("find segments -links 2 -type f").Should().BeEmpty("the store's own files are erased in place");
    }

    [Fact]
    public async Task A_file_of_the_same_name_and_other_bytes_is_copied()
    {
        await FillAsync();
        var first = await MakeAsync();
        var file = Path.Combine(_folder.Path, "segments", "demo", "2026-09-20.1.jsonl.gz");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        var second = await MakeAsync();

        (await File.ReadAllBytesAsync(Path.Combine(second.Path, "segments/demo/2026-09-20.1.jsonl.gz"))).Should().Equal(bytes);
        (await File.ReadAllBytesAsync(Path.Combine(first.Path, "segments/demo/2026-09-20.1.jsonl.gz"))).Should().NotEqual(bytes);
        await File.WriteAllTextAsync(Path.Combine(second.Path, "manifest.json"), "{");
        (await MakeAsync()).LinkedBytes.Should().Be(0, "nothing is taken from a backup that is damaged");
    }

    [Fact]
    public async Task So_many_are_kept_and_older_ones_go_when_a_new_one_is_whole()
    {
        _folder.Ingest(Lines.Hit());
        Directory.CreateDirectory(Path.Combine(Folder, "mine"));
        Directory.CreateDirectory(Path.Combine(Folder, "mine.tmp"));
        Directory.CreateDirectory(Path.Combine(Folder, "20200101T000000Z.tmp", "segments"));
        for (var i = 0; i < 5; i++)
        {
            _folder.Time.Now = _folder.Time.Now.AddHours(1);
            (await MakeAsync(keep: 3)).Removed.Should().Be(i < 3 ? 0 : 1);
        }
        Directory.GetDirectories(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Should().Equal(
            "20260921T171320Z", "20260921T181320Z", "20260921T191320Z", "mine", "mine.tmp");
    }

    [Theory]
    [InlineData(BackupStep.Begun)]
    [InlineData(BackupStep.DatabaseCopied)]
    [InlineData(BackupStep.FileCopied)]
    [InlineData(BackupStep.FilesSynced)]
    [InlineData(BackupStep.ManifestWritten)]
    public async Task An_erase_while_a_backup_is_made_is_in_it(BackupStep step)
    {
        _folder.Ingest(Lines.Hit(key: "secret"), Lines.Hit(tenant: "other", key: "kept"));
        _folder.Ingest(Hit("secret2"));
        await CompactAsync();
        _onStep = now =>
        {
            if (now == step)
                _folder.Store.Tenants.Erase(Demo);
        };

        var made = await MakeAsync();

        _folder.Shell($"find '{made.Path}' -name '*.gz' | xargs -d '\\n' zcat | grep -o 'secret\\|kept'").Should().Be("kept\n");
        _folder.Shell($"sqlite3 '{made.Path}/stathub.db' \"SELECT name FROM tenant WHERE registered = 1\"").Should().Be("other\n");
        Files(made.Path).Should().Contain("erasures.jsonl").And.NotContain(file => file.Contains("demo"));
        Directory.GetDirectories(Folder).Should().Equal(made.Path);
    }

    [Fact]
    public async Task What_is_still_to_be_overwritten_is_not_in_it()
    {
        _folder.Ingest(Lines.Hit(key: "secret"), Lines.Hit(tenant: "other", key: "kept"));
        // As a crash leaves it between the erase and the overwriting.
        _folder.Shell("sqlite3 stathub.db \"INSERT INTO wipe SELECT segment, offset, length FROM member WHERE tenant = 1; DELETE FROM member WHERE tenant = 1\"").Should().BeEmpty();

        var made = await MakeAsync();

        _folder.Shell($"zcat '{made.Path}'/segments/*.gz").Should().Contain("kept").And.NotContain("secret");
        new FileInfo(Path.Combine(made.Path, "segments", "0000000001.jsonl.gz")).Length
            .Should().Be(new FileInfo(Path.Combine(_folder.Path, "segments", "0000000001.jsonl.gz")).Length);
    }

    [Fact]
    public async Task Tenant_after_tenant_erased_is_told_and_leaves_nothing()
    {
        var number = 0;
        _onStep = step =>
        {
            if (step != BackupStep.FilesSynced)
                return;
            var tenant = TenantId.Parse($"t{number++}");
            _folder.Store.Tenants.TryCreate(new Tenant(tenant, "", null, _folder.Time.Now));
            _folder.Store.Tenants.Erase(tenant);
        };

        var make = () => MakeAsync();

        await make.Should().ThrowAsync<StoreException>().WithMessage("Tenants were erased while the backup was made, 5 times*");
        Directory.GetDirectories(Folder).Should().BeEmpty();
    }

    [Fact]
    public async Task Compaction_and_retention_take_nothing_away_from_it_and_go_on_afterwards()
    {
        await FillAsync();
        _folder.Ingest(Hit("late"));
        _folder.Store.Tenants.TryChange(_folder.Store.Tenants.Find(Demo)! with { RetentionDays = 1 });
        _folder.Time.Now = _folder.Time.Now.AddDays(3);
        var before = Raw();
        _onStep = step =>
        {
            if (step != BackupStep.DatabaseCopied)
                return;
            CompactAsync().IsCompletedSuccessfully.Should().BeTrue();
            _folder.Store.Retention.Run().Should().BePositive();
            _folder.Store.Retention.Run();
        };

        var made = await MakeAsync();

        Files(made.Path).Should().Contain("segments/0000000002.jsonl.gz");
        Raw($"backups/{Path.GetFileName(made.Path)}/segments").Should().Be(before);
        _onStep = _ => { };
        _folder.Store.Retention.Run();
        await CompactAsync();
        Raw().Should().NotBe(before);
        _folder.Verify().IsClean.Should().BeTrue();

        string Raw(string folder = "segments") => _folder.Shell($"zcat $(find {folder} -name '*.gz' -not -path '*removed*') | sort");
    }

    [Fact]
    public async Task After_a_clock_was_set_back_the_new_backup_stays()
    {
        _folder.Ingest(Lines.Hit());
        await MakeAsync(keep: 2);
        await MakeAsync(keep: 2);
        _folder.Time.Now = _folder.Time.Now.AddDays(-1);

        var made = await MakeAsync(keep: 2);

        made.Removed.Should().Be(1);
        File.Exists(Path.Combine(made.Path, "manifest.json")).Should().BeTrue();
        Directory.GetDirectories(Folder).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_segment_that_lost_bytes_is_named_and_leaves_no_backup()
    {
        _folder.Ingest(Lines.Hit());
        using (var file = new FileStream(Path.Combine(_folder.Path, "segments", "0000000001.jsonl.gz"), FileMode.Open))
            file.SetLength(10);

        var make = () => MakeAsync();

        await make.Should().ThrowAsync<StoreException>().WithMessage("*0000000001.jsonl.gz ends at byte 10; * more should be there.");
        Directory.GetDirectories(Folder).Should().BeEmpty();
    }

    [Fact]
    public async Task A_backup_that_is_stopped_leaves_nothing_half()
    {
        using var stop = new CancellationTokenSource();
        _folder.Ingest(Lines.Hit());
        _onStep = _ => stop.Cancel();

        var make = () => MakeAsync(stop.Token);

        await make.Should().ThrowAsync<OperationCanceledException>();
        Directory.GetDirectories(Folder).Should().BeEmpty();
    }

    [Fact]
    public async Task It_tells_how_many_bytes_are_read()
    {
        _folder.Ingest(Lines.Hit());
        var told = new List<(long Done, long Total, string Unit)>();
        using var backups = _folder.Store.CreateBackups(new BackupSettings { Folder = Folder });

        var made = await backups.MakeAsync(progress => told.Add((progress.Done, progress.Total, progress.Unit)), CancellationToken.None);

        told.Select(one => one.Done).Should().BeInAscendingOrder();
        told[^1].Should().Be((made.Bytes, made.Bytes, "bytes"));
    }

    private async Task FillAsync()
    {
        _folder.Ingest(Hit("a"), Hit("b"), Lines.Hit(tenant: "other", at: Yesterday.ToUnixTimeSeconds()), "nonsense");
        (await CompactAsync()).SegmentsRemoved.Should().Be(1);
        _folder.Ingest(Lines.Hit());
    }

    private Task<CompactionResult> CompactAsync() => _folder.Store.Compaction.RunAsync(new CompactionRequest { AgainAfter = TimeSpan.Zero }, null, CancellationToken.None);

    private Task<MadeBackup> MakeAsync(CancellationToken cancellationToken) => MakeAsync(7, cancellationToken);

    private async Task<MadeBackup> MakeAsync(int keep = 7, CancellationToken cancellationToken = default)
    {
        using var backups = _folder.Store.CreateBackups(new BackupSettings { Folder = Folder, Keep = keep, OnStep = step => _onStep(step) });
        return await backups.MakeAsync(_ => { }, cancellationToken);
    }

    private static string Hit(string key) => Lines.Hit(key: key, at: Yesterday.ToUnixTimeSeconds());

    private static JsonElement Manifest(string backup) => JsonDocument.Parse(File.ReadAllText(Path.Combine(backup, "manifest.json"))).RootElement;

    private static List<string> Files(string backup) =>
        [.. Directory.GetFiles(backup, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(backup, file)).Order(StringComparer.Ordinal)];
}
