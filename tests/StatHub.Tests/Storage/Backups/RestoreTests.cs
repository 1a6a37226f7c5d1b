using System.Text;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Storage.Backups;
using StatHub.Storage.Compaction;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage.Backups;

public sealed partial class RestoreTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly TenantId Other = TenantId.Parse("other");
    private static readonly DateTimeOffset Yesterday = DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now).AddDays(-1);

    private readonly StoreFolder _folder = new(pendingValues: 0);
    private readonly string _target = Directory.CreateTempSubdirectory("stathub restored ").FullName;

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_target, recursive: true);
    }

    [Fact]
    public async Task A_restored_store_answers_as_the_one_that_was_backed_up()
    {
        var backup = await FillAndMakeAsync();
        _folder.Ingest(Lines.Hit(key: "after the backup"));

        var restored = await RestoreAsync(backup);

        restored.Should().BeEquivalentTo(
            new { Batch = 2L, MadeAt = _folder.Time.Now, Tenants = 2, Hits = 4L, LastCommit = DateTimeOffset.FromUnixTimeSeconds(Lines.Now / 60_000 * 60), Erased = Array.Empty<TenantId>(), Replaced = (string?)null });
        using var store = Open();
        (Hits(store, Demo), Hits(store, Other)).Should().Be((3, 1));
        store.Ledger.Totals(MinuteRange.All, null).Rejected.Values.Sum().Should().Be(1);
        Verify(store).Should().BeTrue();
        (await store.Compaction.RunAsync(new CompactionRequest { After = TimeSpan.FromDays(-2), AgainAfter = TimeSpan.Zero }, null, CancellationToken.None)).Problems.Should().BeEmpty();
        Verify(store).Should().BeTrue();
    }

    [Fact]
    public async Task Journal_salts_and_admin_token_stay_and_what_waits_is_counted()
    {
        var backup = await FillAndMakeAsync();
        _folder.Ingest(Lines.Hit(key: "after"));
        _folder.Append(Lines.Hit(key: "unread") + "\n");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "admin.token"), "mine");
        var salts = Directory.GetFiles(Path.Combine(_folder.Path, "salts"));
        _folder.Store.Dispose();

        await RestoreAsync(backup, _folder.Path, replace: true);

        (await File.ReadAllTextAsync(Path.Combine(_folder.Path, "admin.token"))).Should().Be("mine");
        Directory.GetFiles(Path.Combine(_folder.Path, "salts")).Should().Equal(salts).And.NotBeEmpty();
        _folder.Restart();
        _folder.Hits().Should().Be(3);
        // The journal file is still there, so both lines behind the backup's offset are read.
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Hits().Should().Be(5);
        Verify(_folder.Store).Should().BeTrue();
    }

    [Fact]
    public async Task A_folder_in_use_and_one_with_a_store_are_refused()
    {
        var backup = await FillAndMakeAsync();
        var restore = () => RestoreAsync(backup, _folder.Path, replace: true);
        await restore.Should().ThrowAsync<StoreException>().WithMessage("*in use by another StatHub*");
        _folder.Store.Dispose();
        var files = Files(_folder.Path);

        restore = () => RestoreAsync(backup, _folder.Path);

        await restore.Should().ThrowAsync<StoreException>().WithMessage("*has a store already. With --replace*");
        Files(_folder.Path).Should().Equal(files);
    }

    [Fact]
    public async Task A_store_that_is_replaced_is_moved_aside_and_opens_there()
    {
        var backup = await FillAndMakeAsync();
        _folder.Ingest(Lines.Hit(), Lines.Hit());
        _folder.Store.DatabaseCopy.Make();
        _folder.Store.Dispose();
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "stathub.db.suspect"), []);

        var restored = await RestoreAsync(backup, _folder.Path, replace: true);

        restored.Replaced.Should().Be(Path.Combine(_folder.Path, "replaced-20260921T141320Z"));
        File.Exists(Path.Combine(_folder.Path, "stathub.db.suspect")).Should().BeFalse("it is of the old store");
        File.Exists(Path.Combine(restored.Replaced!, "backup", "stathub.db")).Should().BeTrue("it is of the old store");
        Directory.Exists(Path.Combine(_folder.Path, "backup")).Should().BeFalse();
        using (var old = Store.Open(new StoreOptions { DataPath = restored.Replaced! }, _folder.Time))
            Hits(old, Demo).Should().Be(5);
        _folder.Restart();
        _folder.Hits().Should().Be(3);
    }

    [Theory]
    [InlineData("segments")]
    [InlineData("rollups")]
    [InlineData("backup")]
    public async Task An_empty_folder_that_a_store_left_is_no_store_and_in_nobodys_way(string name)
    {
        var backup = await FillAndMakeAsync();
        Directory.CreateDirectory(Path.Combine(_target, name));

        await RestoreAsync(backup);

        using var store = Open();
        Hits(store, Demo).Should().Be(3);
    }

    [Fact]
    public async Task Rollup_files_without_a_database_are_not_replaced_unasked()
    {
        var backup = await FillAndMakeAsync();
        var file = Path.Combine(_target, "rollups", "demo", "2026-01-30.1.jsonl.gz");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "sums that nothing else has");
        var restore = () => RestoreAsync(backup);

        await restore.Should().ThrowAsync<StoreException>().WithMessage("*has a store already*");
        var restored = await RestoreAsync(backup, replace: true);

        File.Exists(Path.Combine(restored.Replaced!, "rollups", "demo", "2026-01-30.1.jsonl.gz")).Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_was_erased_since_the_backup_is_erased_again(bool registeredAgain)
    {
        var backup = await FillAndMakeAsync();
        _folder.Time.Now = _folder.Time.Now.AddHours(1);
        _folder.Store.Tenants.Erase(Demo).Should().BeTrue();
        if (registeredAgain)
            _folder.Store.Tenants.TryCreate(new Tenant(Demo, "again", null, _folder.Time.Now)).Should().BeTrue();
        _folder.Store.Dispose();

        var restored = await RestoreAsync(backup, _folder.Path, replace: true);

        restored.Erased.Should().Equal(Demo);
        (restored.Tenants, restored.Hits).Should().Be((1, 1));
        _folder.Restart();
        _folder.Store.Tenants.Find(Demo).Should().BeNull();
        _folder.Shell("zcat $(find segments -name '*.gz' -not -path '*removed*')").Should().Contain("\"tenant\":\"other\"").And.NotContain("demo");
        Verify(_folder.Store).Should().BeTrue();
    }

    [Fact]
    public async Task Erases_that_only_the_backup_knows_are_noted()
    {
        await FillAsync();
        _folder.Store.Tenants.Erase(Other);
        var backup = await MakeAsync();

        (await RestoreAsync(backup)).Erased.Should().BeEmpty();

        (await File.ReadAllTextAsync(Path.Combine(_target, "erasures.jsonl"))).Should().Be($$"""{"tenant":"other","erasedAt":{{Lines.Now}}}""" + "\n");
        using var store = Open();
        store.Tenants.List().Select(tenant => tenant.Id).Should().Equal(Demo);
    }

    [Fact]
    public async Task A_folder_in_which_a_restore_was_interrupted_does_not_start_and_is_restored_again()
    {
        var backup = await FillAndMakeAsync();
        // As a kill leaves it: the segments are in their place and the database is not.
        await RestoreAsync(backup);
        Directory.CreateDirectory(Path.Combine(_target, "restoring"));
        File.Move(Path.Combine(_target, "stathub.db"), Path.Combine(_target, "restoring", "stathub.db"));
        Directory.CreateDirectory(Path.Combine(_target, "restore.tmp", "segments"));
        var open = () => Open();
        open.Should().Throw<StoreException>().WithMessage("A restore into * was interrupted. Run stathub restore once more.");

        await RestoreAsync(backup);

        Directory.GetDirectories(_target).Select(Path.GetFileName).Should().NotContain(["restoring", "restore.tmp"]);
        using var store = Open();
        Hits(store, Demo).Should().Be(3);
    }

    [Fact]
    public async Task Backups_at_any_moment_restore_to_what_the_ledger_said_then()
    {
        var random = new Random(30);
        for (var round = 0; round < 12; round++)
        {
            var step = (BackupStep)random.Next(6);
            var times = random.Next(1, 4);
            var backup = await MakeAsync(now =>
            {
                if (now != step || times-- <= 0)
                    return;
                // All that may happen beside a backup, between any two of its steps.
                Work(random);
            });
            var target = Path.Combine(_target, $"{round}");
            var restored = await RestoreAsync(backup, target);
            using var store = Store.Open(new StoreOptions { DataPath = target, PendingValues = 0 }, _folder.Time);
            Verify(store).Should().BeTrue();
            restored.Hits.Should().Be(store.Tenants.List().Sum(tenant => store.Ledger.Totals(MinuteRange.All, tenant.Id).Counted));
            Work(random);
            Verify(_folder.Store).Should().BeTrue();
        }
    }

    private void Work(Random random)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var lines = new StringBuilder();
            for (var line = random.Next(1, 60); line > 0; line--)
                lines.Append(Lines.Hit(tenant: random.Next(3) == 0 ? "other" : "demo", key: $"k{random.Next(9)}", at: _folder.Time.Now.AddHours(-random.Next(100)).ToUnixTimeSeconds())).Append('\n');
            _folder.Append(lines.ToString());
            _folder.Store.Tail.Run(CancellationToken.None);
            _folder.Time.Now = _folder.Time.Now.AddHours(random.Next(12));
        }
        switch (random.Next(4))
        {
            case 0:
                _folder.Store.Compaction.RunAsync(new CompactionRequest { AgainAfter = TimeSpan.Zero }, null, CancellationToken.None).IsCompletedSuccessfully.Should().BeTrue();
                break;
            case 1:
                var demo = _folder.Store.Tenants.Find(Demo)!;
                _folder.Store.Tenants.TryChange(demo with { RetentionDays = random.Next(1, 4) });
                _folder.Store.Retention.Run();
                _folder.Store.Retention.Run();
                break;
            case 2:
                _folder.Store.Tenants.Erase(Other);
                _folder.Store.Tenants.TryCreate(new Tenant(Other, "again", null, _folder.Time.Now));
                break;
        }
    }

    private async Task FillAsync()
    {
        _folder.Ingest(Hit("a"), Hit("b"), Lines.Hit(tenant: "other", at: Yesterday.ToUnixTimeSeconds()), "nonsense");
        await _folder.Store.Compaction.RunAsync(new CompactionRequest(), null, CancellationToken.None);
        _folder.Ingest(Lines.Hit());
    }

    private async Task<string> FillAndMakeAsync()
    {
        await FillAsync();
        return await MakeAsync();
    }

    private async Task<string> MakeAsync(Action<BackupStep>? onStep = null)
    {
        using var backups = _folder.Store.CreateBackups(new BackupSettings { Folder = Path.Combine(_folder.Path, "backups"), OnStep = onStep });
        return (await backups.MakeAsync(_ => { }, CancellationToken.None)).Path;
    }

    private Task<RestoredStore> RestoreAsync(string backup, string? target = null, bool replace = false) =>
        new StoreRestore(backup, target ?? _target, replace, _folder.Time).RunAsync(_ => { }, CancellationToken.None);

    private Store Open() => Store.Open(new StoreOptions { DataPath = _target, PendingValues = 0 }, _folder.Time);

    private static string Hit(string key) => Lines.Hit(key: key, at: Yesterday.ToUnixTimeSeconds());

    private static long Hits(Store store, TenantId tenant) => store.Counts.Count(new Core.Hits.HitScope(tenant), MinuteRange.All).Hits;

    private static bool Verify(Store store) => store.Verifier.Verify(null, new DayRange(0, long.MaxValue), _ => { }, CancellationToken.None).IsClean;

    private static List<string> Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
}
