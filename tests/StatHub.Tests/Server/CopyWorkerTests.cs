using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StatHub.Server.Backups;
using StatHub.Tests.Journal;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Server;

public sealed class CopyWorkerTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly CopyState _state = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_service_without_a_copy_makes_one_at_once_and_another_after_the_interval()
    {
        using var worker = Worker(TimeSpan.FromSeconds(1));
        await worker.StartAsync(CancellationToken.None);
        await Waiting.UntilAsync(() => _folder.Store.DatabaseCopy.MadeAt is not null);
        var first = _folder.Store.DatabaseCopy.MadeAt;

        _folder.AppendLines(Lines.Hit());
        _folder.Time.Now = _folder.Time.Now.AddMinutes(1);
        _folder.Store.Tail.Run(CancellationToken.None);

        await Waiting.UntilAsync(() => _folder.Store.DatabaseCopy.MadeAt > first);
        await worker.StopAsync(CancellationToken.None);
        _state.Reasons().Should().BeEmpty();
    }

    [Fact]
    public async Task A_copy_that_fails_is_told_until_one_is_whole_again()
    {
        // A file stands where the folder should be.
        var folder = Path.Combine(_folder.Path, "backup");
        await File.WriteAllTextAsync(folder, "");
        using var worker = Worker(TimeSpan.FromSeconds(1));
        await worker.StartAsync(CancellationToken.None);
        await Waiting.UntilAsync(() => _state.Reasons().Any());
        _state.Reasons().Should().ContainSingle().Which.Should().StartWith("The database could not be copied. There is none. ");

        File.Delete(folder);

        await Waiting.UntilAsync(() => !_state.Reasons().Any());
        await worker.StopAsync(CancellationToken.None);
        File.Exists(_folder.Store.DatabaseCopy.Path).Should().BeTrue();
    }

    [Fact]
    public async Task A_service_that_shall_not_copy_does_not()
    {
        using var worker = Worker(TimeSpan.FromSeconds(1), enabled: false);
        await worker.StartAsync(CancellationToken.None);

        await worker.ExecuteTask!;

        Directory.Exists(Path.Combine(_folder.Path, "backup")).Should().BeFalse();
    }

    [Fact]
    public async Task A_failure_is_in_readiness_and_metrics()
    {
        using var api = new StatHubApi();
        (await api.Anonymous().GetStringAsync("/metrics")).Should().Contain("stathub_database_copy_failed 0\n").And.NotContain("stathub_database_copy_timestamp_seconds ");
        var state = api.Services.GetRequiredService<CopyState>();
        state.Made(StatHubApi.Noon);
        state.Failed(null);
        (await (await api.Anonymous().GetAsync("/readyz")).Content.ReadAsStringAsync()).Should().NotContain("copied", "a full disk makes no answer wrong");
        (await api.Anonymous().GetStringAsync("/metrics")).Should().Contain("stathub_database_copy_failed 1\n");
        state.Failed("Row 5 is missing.");

        (await (await api.Anonymous().GetAsync("/readyz")).Content.ReadAsStringAsync())
            .Should().Contain("The database could not be copied. That of 2026-03-01 12:00:30Z stays. Row 5 is missing.");
        (await api.Anonymous().GetStringAsync("/metrics")).Should().Contain("stathub_database_copy_failed 1\n")
            .And.Contain("stathub_database_copy_failures_total 2\n").And.Contain("stathub_database_copy_timestamp_seconds 1772366430\n");
    }

    [Fact]
    public async Task What_a_crash_left_of_a_backup_goes_at_the_start()
    {
        var left = Directory.CreateDirectory(Path.Combine(_folder.Path, "backups", "20260101T000000Z.tmp"));
        using var backups = _folder.Store.CreateBackups(new StatHub.Storage.Backups.BackupSettings { Folder = left.Parent!.FullName });
        using var cleaner = new BackupCleaner(backups, NullLogger<BackupCleaner>.Instance);

        await cleaner.StartAsync(CancellationToken.None);
        await cleaner.ExecuteTask!;

        left.Parent.EnumerateDirectories().Should().BeEmpty();
    }

    [Fact]
    public void All_mistakes_of_the_section_are_told_at_once() => new BackupOptionsValidator()
        .Validate(null, new BackupOptions { Interval = TimeSpan.Zero, Keep = 0, MostBytesPerSecond = -1 }).Failures.Should().HaveCount(3);

    private CopyWorker Worker(TimeSpan interval, bool enabled = true) => new(
        _folder.Store.DatabaseCopy, _state, Options.Create(new BackupOptions { Enabled = enabled, Interval = interval }), TimeProvider.System, NullLogger<CopyWorker>.Instance);
}
