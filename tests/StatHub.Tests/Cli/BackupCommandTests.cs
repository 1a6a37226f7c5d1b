using System.Text.Json;
using StatHub.Cli.Output;

namespace StatHub.Tests.Cli;

/// <summary>The API's own store is backed up: an empty one.</summary>
public sealed class BackupCommandTests : IClassFixture<ServedApi>, IDisposable
{
    private readonly ServedApi _served;
    private readonly CommandLine _stathub;
    private readonly ScratchFolder _scratch = new();

    public BackupCommandTests(ServedApi served)
    {
        (_served, _stathub) = (served, served.CommandLine());
        // The command waits between two questions.
        _stathub.Time = TimeProvider.System;
    }

    private string Target => _scratch.File("data");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_backup_is_made_and_its_path_printed()
    {
        var path = await BackUpAsync();

        path.Should().StartWith(Path.Combine(_served.Api.Folder, "backups", "20260301T120030Z"));
        File.Exists(Path.Combine(path, "manifest.json")).Should().BeTrue();
        _stathub.Error.Should().MatchRegex(@"^\d files with \d.*, of which 0 B are shared with the backup before, up to commit 0\.");
        (await _stathub.RunAsync("backup", "--json")).Should().Be(0, _stathub.Error);
        JsonDocument.Parse(_stathub.Output).RootElement.GetProperty("backedUp").GetProperty("files").GetInt32().Should().BePositive();
    }

    [Fact]
    public async Task A_backup_is_restored_and_says_what_it_has()
    {
        var path = await BackUpAsync();
        _stathub.Terminal = new Terminal(100, HasColor: true);

        (await _stathub.RunAsync("restore", path, "--data", Target)).Should().Be(0, _stathub.Error);

        _stathub.Lines[0].Should().Be("0 tenants with 0 hits.");
        _stathub.Lines[1].Should().Contain("are as they were backed up at 2026-03-01 12:00:30Z, and the store opens.");
        _stathub.Error.Should().Contain("'stathub verify' proves");
        File.Exists(Path.Combine(Target, "stathub.db")).Should().BeTrue();
    }

    [Fact]
    public async Task A_store_is_replaced_only_when_that_is_said()
    {
        var path = await BackUpAsync();
        await _stathub.RunAsync("restore", path, "--data", Target);

        (await _stathub.RunAsync("restore", path, "--data", Target)).Should().Be(1);
        _stathub.Error.Should().Contain("has a store already. With --replace");
        (await _stathub.RunAsync("restore", path, "--data", Target, "--replace", "--json")).Should().Be(0, _stathub.Error);

        var report = JsonDocument.Parse(_stathub.Output).RootElement;
        report.GetProperty("madeAt").GetString().Should().Be("2026-03-01T12:00:30Z");
        report.GetProperty("erased").GetArrayLength().Should().Be(0);
        Directory.Exists(report.GetProperty("replaced").GetString()).Should().BeTrue();
    }

    [Fact]
    public async Task What_cannot_be_restored_ends_with_1_and_says_why()
    {
        (await _stathub.RunAsync("restore", _scratch.Path, "--data", Target)).Should().Be(1);
        _stathub.Error.Should().Contain("is no whole backup");

        (await _stathub.RunAsync("restore", await BackUpAsync(), "--data", _served.Api.Folder, "--replace")).Should().Be(1);
        _stathub.Error.Should().Contain("in use by another StatHub");
    }

    [Fact]
    public async Task Without_a_data_folder_nothing_is_restored()
    {
        (await _stathub.RunAsync("restore", _scratch.Path)).Should().Be(2);
        _stathub.Error.Should().Be("Which data folder? Give --data, or set STATHUB_DATA.\n");
        (await _stathub.RunAsync("restore", "--data", Target)).Should().Be(2);
    }

    private async Task<string> BackUpAsync()
    {
        (await _stathub.RunAsync("backup")).Should().Be(0, _stathub.Error);
        return _stathub.Lines.Should().ContainSingle().Subject;
    }
}
