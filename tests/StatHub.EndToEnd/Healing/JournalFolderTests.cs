using StatHub.EndToEnd.Docker;
using StatHub.EndToEnd.Nginx;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Healing;

/// <summary>A journal folder that nginx or the service cannot use for a while.</summary>
public class JournalFolderTests
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody = OnlyOwner
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    [Fact]
    public async Task Workers_that_cannot_enter_the_folder_go_on_in_the_cut_file_until_they_can()
    {
        await using var nginx = await NginxServer.StartAsync();
        await RunWorkersAsNobodyAsync(nginx);
        await using var site = await LiveSite.StartAsync(nginx);
        await site.CountsGoOnAsync();

        File.SetUnixFileMode(nginx.JournalFolder, OnlyOwner);
        await site.BrokenAsync("its workers cannot open a new hits.log");
        (await site.MetricAsync("stathub_journal_problems")).Should().BePositive();
        await site.Api.WaitAsync(() => Task.FromResult(site.CutFiles.Count == 1), "the cut files before this one to be removed");
        var cut = site.CutFiles;
        await site.CountsGoOnAsync();
        await site.CountsGoOnAsync();
        site.CutFiles.Should().Equal(cut, "no further cut is made");
        new FileInfo(Path.Combine(nginx.JournalFolder, "hits.log")).Length.Should().Be(0, "only the master can make a new file");
        (await site.ReasonsAsync()).Should().ContainSingle().Which.Should().Contain(cut[0]);

        File.SetUnixFileMode(nginx.JournalFolder, Everybody);
        await site.ReadyAsync();
        await site.CountsGoOnAsync();
        await site.ConservedAsync();
        await site.CutFilesAreRemovedAsync();
        (await site.MetricAsync("stathub_journal_problems")).Should().Be(0);
    }

    [Fact]
    public async Task A_live_file_that_cannot_be_renamed_stays_a_reason_until_it_can()
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var site = await LiveSite.StartAsync(nginx);
        await site.CountsGoOnAsync();

        // The kernel does not rename what is mounted, such as the one file of a container's volume.
        await using (await MountedFile.MountAsync(nginx))
        {
            await site.BrokenAsync("rename of");
            await site.CountsGoOnAsync();
            // All the time, and not only until a half of the next try has succeeded.
            await site.Api.WaitAsync(
                async () =>
                {
                    (await site.ReasonsAsync()).Should().ContainSingle().Which.Should().Contain("rename of");
                    return site.Api.Output.Split("Cuts still fail:").Length > 3;
                },
                "three more tries");
        }
        await site.ReadyAsync();
        await site.CountsGoOnAsync();
        await site.ConservedAsync();
        await site.CutFilesAreRemovedAsync();
    }

    [Fact]
    public async Task A_folder_that_is_gone_for_a_while_is_read_where_it_was_left()
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var site = await LiveSite.StartAsync(nginx);
        await site.CountsGoOnAsync();

        var away = nginx.JournalFolder + " away";
        Directory.Move(nginx.JournalFolder, away);
        await site.BrokenAsync("The journal cannot be ingested: Could not find a part of the path");
        (await site.MetricAsync("stathub_journal_problems")).Should().BePositive();

        Directory.Move(away, nginx.JournalFolder);
        await site.ReadyAsync();
        await site.CountsGoOnAsync();
        await site.ConservedAsync();
        await site.CutFilesAreRemovedAsync();
    }

    [Fact]
    public async Task A_folder_that_the_service_may_not_enter_for_a_while_is_read_when_it_may()
    {
        await using var nginx = await NginxServer.StartAsync();
        await RunWorkersAsNobodyAsync(nginx);
        await new Command("chown", "-R", "nobody", nginx.DataFolder).RunAsync();
        var program = Directory.CreateTempSubdirectory("stathub-program-").FullName;
        try
        {
            // Root may do everything, so the service runs as nobody, who may not read this checkout. It cannot signal root's nginx.
            await new Command("cp", "-r", Path.GetDirectoryName(ApiServer.ServerDll())! + "/.", program).RunAsync();
            await new Command("chmod", "-R", "a+rX", program).RunAsync();
            await using var site = await LiveSite.StartAsync(
                nginx,
                ["setpriv", "--reuid=nobody", "--clear-groups", "dotnet", Path.Combine(program, Path.GetFileName(ApiServer.ServerDll()))],
                ("HOME", program), ("StatHub__Journal__CutInterval", "00:00:00"));
            await site.CountsGoOnAsync();

            File.SetUnixFileMode(nginx.JournalFolder, UnixFileMode.None);
            await site.BrokenAsync($"The journal cannot be ingested: Access to the path '{nginx.JournalFolder}' is denied.");
            (await site.MetricAsync("stathub_journal_problems")).Should().BePositive();
            File.SetUnixFileMode(nginx.JournalFolder, Everybody);
            await site.ReadyAsync();

            File.SetUnixFileMode(Path.Combine(nginx.JournalFolder, "hits.log"), UnixFileMode.None);
            await site.BrokenAsync("hits.log cannot be read: Access to the path");
            File.SetUnixFileMode(Path.Combine(nginx.JournalFolder, "hits.log"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await site.ReadyAsync();
            await site.CountsGoOnAsync();
            await site.ConservedAsync();
        }
        finally
        {
            Directory.Delete(program, recursive: true);
        }
    }

    private static async Task RunWorkersAsNobodyAsync(NginxServer nginx)
    {
        var configuration = await File.ReadAllTextAsync(nginx.Configuration.ConfigurationFile);
        configuration.Should().Contain("user root;", "the tests run as root");
        await File.WriteAllTextAsync(nginx.Configuration.ConfigurationFile, configuration.Replace("user root;", "user nobody nogroup;", StringComparison.Ordinal));
        foreach (var folder in (string[])[nginx.DataFolder, nginx.JournalFolder, nginx.Configuration.NginxFolder])
            File.SetUnixFileMode(folder, Everybody);
        await nginx.StopAsync();
        await nginx.StartAgainAsync();
    }

    /// <summary>The live file, mounted over itself.</summary>
    private sealed class MountedFile(string path) : IAsyncDisposable
    {
        public static async Task<MountedFile> MountAsync(NginxServer nginx)
        {
            var live = Path.Combine(nginx.JournalFolder, "hits.log");
            // It is away for an instant of every cut.
            for (var mounted = false; !mounted;)
                mounted = (await new Command("mount", "--bind", live, live).TryRunAsync()).ExitCode == 0;
            return new MountedFile(live);
        }

        public async ValueTask DisposeAsync() => await new Command("umount", path).RunAsync();
    }
}
