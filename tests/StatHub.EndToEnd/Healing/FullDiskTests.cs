using System.Net;
using StatHub.EndToEnd.Nginx;

namespace StatHub.EndToEnd.Healing;

/// <summary>Disks that are full for a while.</summary>
public class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_under_the_journal_costs_only_the_lines_that_nginx_could_not_write()
    {
        await using var disk = await SmallDisk.MountAsync("journal");
        await using var nginx = await NginxServer.StartInAsync(disk.Data);
        await using var site = await LiveSite.StartAsync(nginx);
        await site.CountsGoOnAsync();

        // Again, for a write that happens to end where the disk does leaves no fragment.
        for (var i = 0; i < 3; i++)
        {
            disk.Fill();
            await site.BrokenAsync("The disk of the journal has 0 MiB left.");
            await nginx.WaitAsync(() => nginx.ErrorLog.Contains("No space left on device", StringComparison.Ordinal), "nginx to notice");
            disk.Free();
            await site.CountsGoOnAsync();
        }

        await site.ReadyAsync();
        var (hits, fragments) = await site.ConservedButWhatNginxCouldNotWriteAsync();
        hits.Should().BePositive();
        fragments.Should().BePositive("nginx wrote the beginnings of lines");
        (await site.Api.LedgerAsync())["torn"].Should().Be(fragments);
    }

    [Theory]
    [InlineData("database", "data folder")]
    [InlineData("segments", "segments")]
    public async Task Hits_wait_in_the_journal_while_the_disk_of_the_store_is_full(string part, string named)
    {
        await using var disk = await SmallDisk.MountAsync(part);
        await using var nginx = await NginxServer.StartInAsync(disk.Data);
        await using var site = await LiveSite.StartAsync(nginx);
        await site.CountsGoOnAsync();
        var process = site.Api.Pid;

        disk.Fill();
        await site.BrokenAsync("The disk of the data folder is full: hits wait in the journal.");
        await site.BrokenAsync($"The disk of the {named} has 0 MiB left.");
        var waiting = await site.MetricAsync("stathub_journal_pending_bytes");
        await site.Api.WaitAsync(async () => await site.MetricAsync("stathub_journal_pending_bytes") > waiting, "more to wait in the journal");
        (await site.Api.Client.GetAsync("/healthz")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await site.Api.JsonAsync("/api/v1/tenants/demo/count?from=2000-01-01")).GetProperty("hits").GetInt64().Should().BePositive();

        disk.Free();
        await site.ReadyAsync();
        await site.CountsGoOnAsync();
        await site.ConservedAsync();
        await site.CutFilesAreRemovedAsync();
        site.Api.Pid.Should().Be(process, "the service went on");
        site.Api.IsRunning.Should().BeTrue();
    }
}
