using System.Security.Cryptography;
using StatHub.Core.Tenants;
using StatHub.Storage;
using StatHub.Storage.Backups;
using StatHub.Storage.Stats;
using StatHub.Tests.Storage;
using static StatHub.Tests.Stats.StatReports;

namespace StatHub.Tests.Stats;

public sealed class StatsBackupTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly TenantId Other = TenantId.Parse("other");

    private readonly StoreFolder _folder = new();
    private readonly string _target = Directory.CreateTempSubdirectory("stathub restored ").FullName;

    [Fact]
    public async Task A_backup_has_the_stats_of_its_moment_and_a_restore_puts_them_back()
    {
        var backup = await BackUpAsync();
        await _folder.Store.Stats.ApplyAsync(Demo, Update("a", "country=es", "k=99"));

        await RestoreAsync(backup);

        using var store = Store.Open(new StoreOptions { DataPath = _target }, _folder.Time);
        store.Stats.Read(Demo, null).Text().Should().Be("country/es: counters k=5; gauges m=1;\ncountry/total: counters k=5; gauges m=1;\n");
        (await store.Stats.ApplyAsync(Demo, Update("b", "country=es", members: "m=alice,m=bob"))).Should().BeNull();
        store.Stats.Read(Demo, null).Text().Should().StartWith("country/es: counters k=5; gauges m=2;\n");
        File.Exists(Path.Combine(_target, "stats-archive.db")).Should().BeTrue();
    }

    [Fact]
    public async Task A_backup_with_stats_of_version_1_is_restored()
    {
        var backup = await BackUpAsync();
        var sample = StatsSamples.Version1();
        await File.WriteAllBytesAsync(Path.Combine(backup, "stats.db"), sample);
        var manifest = BackupManifest.Read(backup);
        File.Delete(Path.Combine(backup, BackupManifest.FileName));
        (manifest with
        {
            Files = [.. manifest.Files.Where(file => file.Name != "stats.db"), new BackupFile("stats.db", sample.Length, Convert.ToHexStringLower(SHA256.HashData(sample)))],
        }).Write(backup);

        await RestoreAsync(backup);

        using var store = Store.Open(new StoreOptions { DataPath = _target }, _folder.Time);
        store.Stats.Read(Demo, "user").Text().Should().StartWith("user/total: counters requests=50,restarts=1;");
    }

    [Fact]
    public async Task A_tenant_that_was_erased_since_has_no_stats_after_a_restore()
    {
        var backup = await BackUpAsync();
        _folder.Store.Tenants.Erase(Demo);
        File.Copy(Path.Combine(_folder.Path, "erasures.jsonl"), Path.Combine(_target, "erasures.jsonl"));

        await RestoreAsync(backup);

        using var store = Store.Open(new StoreOptions { DataPath = _target }, _folder.Time);
        store.Stats.Read(Demo, null).Text().Should().BeEmpty();
        store.Stats.Read(Other, null).Text().Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_restore_moves_the_stats_that_were_there_aside()
    {
        var backup = await BackUpAsync();
        await _folder.Store.Stats.ApplyAsync(Demo, Update("a", "country=es", "k=99"));
        _folder.Store.Dispose();

        var restored = await new StoreRestore(backup, _folder.Path, replace: true, _folder.Time).RunAsync(_ => { }, CancellationToken.None);

        File.Exists(Path.Combine(restored.Replaced!, "stats.db")).Should().BeTrue();
        _folder.Restart();
        _folder.Store.Stats.Read(Demo, null).Text().Should().StartWith("country/es: counters k=5;");
    }

    [Fact]
    public async Task A_backup_with_damaged_stats_is_refused_before_anything_changes()
    {
        var backup = await BackUpAsync();
        var bytes = await File.ReadAllBytesAsync(Path.Combine(backup, "stats.db"));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(backup, "stats.db"), bytes);

        await FluentActions.Awaiting(() => RestoreAsync(backup)).Should().ThrowAsync<StoreException>().WithMessage("*stats.db has other bytes*");

        Directory.EnumerateFiles(_target, "*.db").Should().BeEmpty();
    }

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_target, recursive: true);
    }

    private async Task<string> BackUpAsync()
    {
        await _folder.Store.Stats.ApplyAsync(Demo, Update("a", "country=es", "k=5", members: "m=alice"));
        await _folder.Store.Stats.ApplyAsync(Other, Update("a", "country=es", "k=5"));
        new StatsArchiver(_folder.Store.Stats, _folder.Store.Tenants, _ => TimeSpan.FromMinutes(10), _folder.Time).Run().Failures.Should().BeEmpty();
        using var backups = _folder.Store.CreateBackups(new BackupSettings { Folder = Path.Combine(_folder.Path, "backups"), Keep = 3 });
        return (await backups.MakeAsync(_ => { }, CancellationToken.None)).Path;
    }

    private Task<RestoredStore> RestoreAsync(string backup) => new StoreRestore(backup, _target, replace: false, _folder.Time).RunAsync(_ => { }, CancellationToken.None);
}
